// Names what the build puts in place of a constant, and tells TypeScript what a `.svelte` import is.
/// <reference types="svelte" />

/** `true` for a plain browser and for tests: the fake host plays fixtures. */
declare const __FAKE_HOST__: boolean;
