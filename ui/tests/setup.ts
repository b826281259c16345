// What the tests' browser lacks, and the matchers that read well.
import '@testing-library/jest-dom/vitest';

Element.prototype.scrollIntoView ??= () => undefined;
