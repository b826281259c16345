//! A config of several files: read as one, each edit in the file that holds what it changes.

use document::Document;
use domain::base::change::{Change, Fields, NewKey, Place};
use domain::base::refusal::Refusal;
use domain::config::IncludeTree;
use domain::edit::propose;
use domain::view::types::DiffSort;
use insta::assert_snapshot;

use crate::scene::{LOCAL_FIRST, Scene};

const MAIN: &str = r#"{
  // the hand's own
  agents: { $include: "./agents.json5" },
  models: {
    mode: "merge",
    providers: { $include: "./providers.json5", own: { baseUrl: "http://127.0.0.1:1/v1", timeoutSeconds: 300, models: [] } },
  },
  tools: { $include: ["./a.json5", "./b.json5"] },
  meta: { lastTouchedVersion: "2026.9.6" },
}
"#;
const FILES: [(&str, &str); 5] = [
    ("./agents.json5", "{ defaults: {\n  model: 'box/m', // the box\n  models: { 'box/m': { alias: 'Local' } },\n} }\n"),
    (
        "./providers.json5",
        "{\n  // in the cellar\n  box: { baseUrl: 'http://127.0.0.1:2/v1', apiKey: 'sk-1', timeoutSeconds: 10, models: { $include: './models.json5' } }, // box\n}\n",
    ),
    ("./models.json5", "[\n  { id: 'm', name: 'M', contextWindow: 65536 }, // as loaded\n]\n"),
    ("./a.json5", "{ byProvider: { box: { deny: ['exec'] } } }"),
    ("./b.json5", "{ profile: 'coding' }"),
];

fn tree(main: &str) -> IncludeTree {
    let main = Document::parse(main).expect("parses");
    IncludeTree::assemble("openclaw.json", main, &mut |name, _| {
        let text = FILES.iter().find(|it| it.0 == name).ok_or_else(|| "there is no such file".to_owned())?.1;
        Document::parse(text).map_err(|it| it.message)
    })
}

fn reviewed(main: &str, changes: &[Change]) -> String {
    let tree = tree(main);
    let done = || -> Result<_, Refusal> {
        let mut review = propose(&Scene::new(LOCAL_FIRST).state, tree.doc(), "", changes, &|_| None)?;
        let parts = tree.changed_files(&review.after)?;
        domain::edit::show_files(&tree, &mut review.review, &parts);
        Ok(review.review.diff)
    };
    let line = |sort: DiffSort, text: String| match sort {
        DiffSort::Added => Some(format!("+{text}")),
        DiffSort::Removed => Some(format!("-{text}")),
        DiffSort::File => Some(format!("@ {text}")),
        DiffSort::Gap => None,
        DiffSort::Context => None,
    };
    match done() {
        Ok(diff) => diff.into_iter().filter_map(|it| line(it.sort, it.pieces.concat())).collect::<Vec<_>>().join("\n"),
        Err(refusal) => refusal.message,
    }
}

#[test]
fn it_is_read_as_one() {
    let tree = tree(MAIN);
    let (config, met) = tree.config(&|_| None);
    let problems = tree.problems(&config, met);
    let providers: Vec<_> = config.providers.iter().map(|it| (it.id.as_str(), it.models.len(), it.line)).collect();
    assert_eq!(providers, [("box", 1, None), ("own", 0, Some(6))]);
    assert_eq!(config.chain()[0].to_string(), "box/m");
    let said: Vec<String> = problems.iter().map(|it| format!("{} {:?} {}", it.code, it.line, it.message)).collect();
    assert_snapshot!(said.join("\n"), @r"
    timeout.short None With a timeout of 10 s, a hung server ends the turn with an error and no fallback. From 30 s on, OpenClaw falls back (./providers.json5, line 3).
    route.noFallback None There is no fallback: when the primary fails, nothing answers (./agents.json5, line 2).
    ");
}

#[test]
fn each_edit_goes_to_the_file_that_holds_it() {
    let window = |to| Change::set(Place::model("box", "m", &["contextWindow"]), Some(65_536), to);
    let timeout = |provider: &str, was| Change::set(Place::provider(provider, &["timeoutSeconds"]), Some(was), Some(60));
    let alias = Change::set(Place::alias("box/m"), Some("Local"), Some("Box"));
    assert_snapshot!(reviewed(MAIN, &[window(Some(32_768))]), @r"
    @ ./models.json5
    -  { id: 'm', name: 'M', contextWindow: 65536 }, // as loaded
    +  { id: 'm', name: 'M', contextWindow: 32768 }, // as loaded
    ");
    assert_snapshot!(reviewed(MAIN, &[timeout("box", 10), timeout("own", 300), alias, window(None)]), @r#"
    @ openclaw.json
    -    providers: { $include: "./providers.json5", own: { baseUrl: "http://127.0.0.1:1/v1", timeoutSeconds: 300, models: [] } },
    +    providers: { $include: "./providers.json5", own: { baseUrl: "http://127.0.0.1:1/v1", timeoutSeconds: 60, models: [] } },
    @ ./agents.json5
    -  models: { 'box/m': { alias: 'Local' } },
    +  models: { 'box/m': { alias: 'Box' } },
    @ ./providers.json5
    -  box: { baseUrl: 'http://127.0.0.1:2/v1', apiKey: ••••••••, timeoutSeconds: 10, models: { $include: './models.json5' } }, // box
    +  box: { baseUrl: 'http://127.0.0.1:2/v1', apiKey: ••••••••, timeoutSeconds: 60, models: { $include: './models.json5' } }, // box
    @ ./models.json5
    -  { id: 'm', name: 'M', contextWindow: 65536 }, // as loaded
    +  { id: 'm', name: 'M' }, // as loaded
    "#);
}

#[test]
fn what_comes_goes_and_is_renamed() {
    let rename = Change::Rename { provider: "own".into(), model: None, to: "mine".into() };
    let rename_model = Change::Rename { provider: "box".into(), model: Some("m".into()), to: "n".into() };
    let remove = Change::Remove { provider: "box".into(), model: None, force: true };
    let add = Change::AddProvider {
        provider: "new".into(),
        fields: Fields::default().with(&["baseUrl"], "http://127.0.0.1:3/v1"),
        key: NewKey::None,
    };
    let said = [rename, rename_model, remove, add].map(|it| reviewed(MAIN, &[it])).join("\n--\n");
    assert_snapshot!(said, @r#"
    @ openclaw.json
    -    providers: { $include: "./providers.json5", own: { baseUrl: "http://127.0.0.1:1/v1", timeoutSeconds: 300, models: [] } },
    +    providers: { $include: "./providers.json5", mine: { baseUrl: "http://127.0.0.1:1/v1", timeoutSeconds: 300, models: [] } },
    --
    @ ./agents.json5
    -  model: 'box/m', // the box
    -  models: { 'box/m': { alias: 'Local' } },
    +  model: 'box/n', // the box
    +  models: { 'box/n': { alias: 'Local' } },
    @ ./models.json5
    -  { id: 'm', name: 'M', contextWindow: 65536 }, // as loaded
    +  { id: 'n', name: 'M', contextWindow: 65536 }, // as loaded
    --
    tools is made up of openclaw.json, ./a.json5, ./b.json5, so it is not clear which file to change
    --
    models.providers is made up of openclaw.json, ./providers.json5, so it is not clear which file to change
    "#);
}

#[test]
fn a_value_of_several_files_is_not_changed() {
    let main = MAIN.replace("own: {", "box: { timeoutSeconds: 20 }, own: {");
    assert_snapshot!(reviewed(&main, &[Change::set(Place::provider("box", &["timeoutSeconds"]), Some(20), Some(60))]), @"models.providers.box stands in more than one of openclaw.json, ./providers.json5, so it is not clear which file to change");
    let rename = Change::Rename { provider: "box".into(), model: None, to: "rig".into() };
    assert_snapshot!(reviewed(MAIN, &[rename]), @"tools is made up of openclaw.json, ./a.json5, ./b.json5, so it is not clear which file to change");
}

#[test]
fn what_can_not_be_taken_in_is_told() {
    let said = |main: &str| {
        let problems = tree(main).problems;
        problems.iter().map(|it| format!("{} {}", it.at, it.message)).collect::<Vec<_>>().join("\n")
    };
    assert_snapshot!(said("{ models: { $include: './gone.json5' } }"), @"models.$include ./gone.json5 can't be included: there is no such file.");
    assert_snapshot!(said("{ models: { $include: 7 } }"), @"models.$include $include should be the name of a file, or a list of names.");
    let endless =
        IncludeTree::assemble("openclaw.json", Document::parse("{ a: { $include: 'x' } }").expect("parses"), &mut |_, _| {
            Document::parse("{ a: { $include: 'x' } }").map_err(|it| it.message)
        });
    assert_snapshot!(endless.problems[0].message, @"x is not read: OpenClaw follows includes 10 deep at most.");
}
