// The draft: merging, vanishing, staying while the file moves on.
import { aliasOf, ofModel, ofProvider, set } from '../src/draft/change';
import { changeOf, current, keepMine, moved, put, rebase, without, type Draft } from '../src/draft/draft';
import { FIXTURES } from '../src/fixtures';
import type { Change } from '../src/generated/Change';
import type { View } from '../src/generated/View';
import { NO_STEPS, redo, step, undo } from '../src/draft/undo';

const context = (was: number | null, to: number | null) =>
  set(ofModel('lmstudio', 'my-local-model', 'contextWindow'), was, to);
const alias = (was: string | null, to: string | null) => set(aliasOf('lmstudio/my-local-model'), was, to);
const key = (was: string, value: string): Change => ({
  kind: 'secret',
  at: ofProvider('lmstudio', 'apiKey'),
  was,
  to: { kind: 'literal', value },
});

const view = FIXTURES.attention;
const withContext = (contextWindow: number): View => ({
  ...view,
  models: view.models.map(model =>
    model.id === 'my-local-model' ? { ...model, fields: { ...model.fields, contextWindow } } : model,
  ),
});

describe('putting a change into the draft', () => {
  it('replaces an earlier change to the same setting, in its place', () => {
    const draft = [context(196_608, 1), alias('Local', 'Box'), context(196_608, 32_768)].reduce<Draft>(put, []);
    expect(draft).toEqual([context(196_608, 32_768), alias('Local', 'Box')]);
  });

  it('keeps the two limits of a model apart', () => {
    const other = set(ofModel('lmstudio', 'my-local-model', 'maxTokens'), 8_192, 1);
    expect(put([context(196_608, 1)], other)).toHaveLength(2);
  });

  it('drops a change that returns to what the file says', () => {
    expect(put([context(196_608, 32_768)], context(196_608, 196_608))).toEqual([]);
    expect(put([], context(196_608, 196_608))).toEqual([]);
  });

  it('takes null as a value: out of the file', () => {
    expect(put([], context(196_608, null))).toEqual([context(196_608, null)]);
  });

  it('keeps a new key, since nobody can tell whether it is the old one', () => {
    expect(put([], key('tag', 'tag'))).toEqual([key('tag', 'tag')]);
  });

  it('compares routes member by member', () => {
    const route = (to: string[]): Change => ({ kind: 'route', agent: null, was: ['a', 'b'], to });
    expect(put([], route(['b', 'a']))).toHaveLength(1);
    expect(put([route(['b', 'a'])], route(['a', 'b']))).toEqual([]);
  });

  it('finds and removes by setting, not by value', () => {
    const draft = [context(196_608, 1), alias('Local', null)];
    expect(changeOf(draft, context(null, null))).toEqual(context(196_608, 1));
    expect(without(draft, context(null, null))).toEqual([alias('Local', null)]);
  });
});

describe('when the file moves on', () => {
  it('reads the value of every kind of setting', () => {
    expect(current(view, context(null, null))).toBe(196_608);
    expect(current(view, alias(null, null))).toBe('Local');
    expect(current(view, key('', ''))).toBe('k-7f3a');
    const of = (provider: string, field: string) => set(ofProvider(provider, field), null, null);
    expect(current(view, of('lmstudio', 'baseUrl'))).toBe('http://127.0.0.1:1234/v1');
    expect(current(view, of('lmstudio', 'api'))).toBe('openai-responses');
    expect(current(view, of('rig', 'timeoutSeconds'))).toBe(300);
    expect(current(view, { kind: 'route', agent: 'research', was: [], to: [] })).toEqual(['rig/glm-5-air-awq']);
    expect(current(view, of('gone', 'timeoutSeconds'))).toBeUndefined();
  });

  it('keeps the draft, and sees a value that changed under it', () => {
    const draft = [context(196_608, 32_768)];
    const later = withContext(65_536);
    expect(rebase(draft, later)).toBe(draft);
    expect(moved(view, context(196_608, 32_768))).toBe(false);
    expect(moved(later, context(196_608, 32_768))).toBe(true);
  });

  it('drops what the file says by itself now', () => {
    expect(rebase([context(196_608, 32_768), alias('Local', 'Box')], withContext(32_768))).toEqual([
      alias('Local', 'Box'),
    ]);
  });

  it('judges nothing by a file that does not read', () => {
    const broken: View = { ...withContext(32_768), config: FIXTURES.bad.config };
    const draft = [context(196_608, 32_768)];
    expect(rebase(draft, broken)).toBe(draft);
    expect(moved({ ...withContext(1), config: FIXTURES.bad.config }, context(196_608, 32_768))).toBe(false);
  });

  it('starts from the new value once the person insists', () => {
    const draft = [context(196_608, 32_768)];
    expect(keepMine(draft, context(196_608, 32_768), withContext(65_536))).toEqual([context(65_536, 32_768)]);
    expect(keepMine(draft, context(196_608, 32_768), withContext(32_768))).toEqual([]);
  });
});

describe('undo and redo', () => {
  it('walks back and forth, and forgets the way forth after a new edit', () => {
    const one = [context(196_608, 1)];
    const two = [context(196_608, 2)];
    const twice = step(step(NO_STEPS, one), two);
    expect(undo(twice).now).toBe(one);
    expect(undo(undo(twice)).now).toEqual([]);
    expect(redo(undo(twice)).now).toBe(two);
    expect(redo(step(undo(twice), [])).now).toEqual([]);
  });

  it('stays where there is nothing to undo', () => {
    expect(undo(NO_STEPS)).toBe(NO_STEPS);
    expect(redo(NO_STEPS)).toBe(NO_STEPS);
    expect(step(NO_STEPS, NO_STEPS.now)).toBe(NO_STEPS);
  });
});
