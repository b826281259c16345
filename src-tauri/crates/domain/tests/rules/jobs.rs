//! Load, unload, time: on a click, said before, told after.

use domain::intent::Intent;
use domain::server::job::{Job, JobProgress, Timing};
use domain::server::observation::{Answer, Load, Observation, ServedModel, Serving};
use domain::{Effect, Event, Kind};

use crate::scene::{HOSTED_FIRST, LOCAL_FIRST, Scene, reference};

fn model(id: &str, load: Load) -> ServedModel {
    ServedModel { id: id.into(), load, max_context: Some(131_072), ..ServedModel::default() }
}

impl Scene {
    fn serves(&mut self, kind: Kind, room: Option<usize>, models: &[ServedModel]) -> &mut Self {
        let serving = Serving { models: Some(models.to_vec()), room, ..Serving::default() };
        let observation = Observation { kind: Some(kind), version: None, latency: None, answer: Answer::Up(serving) };
        let base_url = "http://127.0.0.1:1234/v1".to_owned();
        self.wait(10).happen(Event::Probed { provider: "lmstudio".into(), base_url, deep: true, observation })
    }

    fn click(&mut self, job: Job) -> &mut Self {
        self.intent(Intent::Job { job, model: reference("lmstudio/my-local-model") })
    }

    fn progress(&mut self, id: u64, progress: JobProgress) -> &mut Self {
        self.wait(5).happen(Event::Job { provider: "lmstudio".into(), id, progress })
    }

    /// `Load m (warning) | ...`, then the state of the work.
    fn offers(&self) -> String {
        let card = &self.view().boxes[0];
        let offers = card.offers.iter().map(|it| match &it.warning {
            Some(warning) => format!("{} ({warning})", it.label),
            None => it.label.clone(),
        });
        let work = card.work.as_ref().map(|it| format!(" [{}{}]", it.mark.text, if it.running { "..." } else { "" }));
        offers.collect::<Vec<_>>().join(" | ") + &work.unwrap_or_default()
    }
}

#[test]
fn what_is_offered() {
    let offers = |kind, load| Scene::new(LOCAL_FIRST).serves(kind, None, &[model("my-local-model", load)]).offers();
    assert_eq!(offers(Kind::LmStudio, Load::NotLoaded), "Load my-local-model");
    assert_eq!(
        offers(Kind::LmStudio, Load::Loaded),
        "Time an answer of my-local-model | Unload my-local-model (It is your primary: turns wait for it, or go to Sonnet.)"
    );
    assert_eq!(offers(Kind::LmStudio, Load::Loading), "");
    assert_eq!(offers(Kind::Vllm, Load::Loaded), "Time an answer of my-local-model");
    for kind in [Kind::LiteLlm, Kind::Generic, Kind::LlamaCppPython, Kind::Mlx] {
        assert_eq!(offers(kind, Load::Loaded), "", "{kind:?}: it may cost money, cut an answer, or download");
    }
    let cloud = ServedModel { remote: true, ..model("my-local-model", Load::NotLoaded) };
    assert_eq!(Scene::new(LOCAL_FIRST).serves(Kind::Ollama, None, &[cloud]).offers(), "", "someone's cloud");
    let paid = LOCAL_FIRST.replace("input: 0, output: 0", "input: 1, output: 2");
    let loaded = [model("my-local-model", Load::Loaded)];
    assert_eq!(Scene::new(&paid).serves(Kind::LmStudio, None, &loaded).offers(), "", "it has a price");
}

#[test]
fn what_the_route_needs_is_not_put_away_unasked() {
    let offers =
        |config: &str| Scene::new(config).serves(Kind::LmStudio, None, &[model("my-local-model", Load::Loaded)]).offers();
    let alone =
        LOCAL_FIRST.replace(r#"fallbacks: ["anthropic/claude-sonnet-4-6", "anthropic/claude-opus-4-6"]"#, "fallbacks: []");
    assert_ne!(alone, LOCAL_FIRST);
    assert_eq!(
        offers(&alone),
        "Time an answer of my-local-model | Unload my-local-model (It is your primary: turns wait for it, or fail.)"
    );
    assert_eq!(offers(HOSTED_FIRST), "Time an answer of my-local-model | Unload my-local-model");
}

#[test]
fn what_is_put_aside_is_said_before() {
    let others = |kind, room, others: &[&str]| {
        let mut models = vec![model("my-local-model", Load::NotLoaded)];
        models.extend(others.iter().map(|it| model(it, Load::Loaded)));
        Scene::new(LOCAL_FIRST).serves(kind, room, &models).offers()
    };
    insta::assert_snapshot!(others(Kind::LlamaCppRouter, Some(1), &["qwen"]), @"Load my-local-model (qwen is put aside for it.)");
    insta::assert_snapshot!(others(Kind::LlamaCppRouter, Some(2), &["qwen"]), @"Load my-local-model");
    insta::assert_snapshot!(others(Kind::LlamaCppRouter, Some(2), &["qwen", "phi"]), @"Load my-local-model (The least recently used of qwen and phi is put aside for it.)");
    insta::assert_snapshot!(others(Kind::TabbyApi, Some(1), &["qwen"]), @"Load my-local-model (It takes the place of qwen.)");
    insta::assert_snapshot!(others(Kind::LlamaSwap, None, &["qwen"]), @"Load my-local-model (qwen may be put aside for it, as llama-swap's groups say.)");
    insta::assert_snapshot!(others(Kind::Ollama, None, &["qwen", "phi"]), @"Load my-local-model (qwen and phi may be put aside for it if memory runs short.)");
}

#[test]
fn from_the_click_to_the_end() {
    let mut scene = Scene::new(LOCAL_FIRST);
    scene.serves(Kind::LmStudio, None, &[model("my-local-model", Load::NotLoaded)]).click(Job::Load);
    let [Effect::Job(asked), ..] = &scene.effects[..] else { panic!("{:?}", scene.effects) };
    // No more than the model can take.
    assert_eq!((asked.job, asked.context, asked.key.as_deref()), (Job::Load, Some(131_072), Some("lm-studio")));
    assert!(!format!("{asked:?}").contains("lm-studio\""), "a key is no reading matter");
    assert_eq!(scene.offers(), " [Loading my-local-model...]");
    scene.click(Job::Load);
    assert!(!scene.effects.iter().any(|it| matches!(it, Effect::Job(_))), "one at a time");
    scene.progress(1, JobProgress::Loading { part: 12, of: 34 });
    assert_eq!(scene.offers(), " [Loading my-local-model: 12 of 34 parts...]");
    scene.progress(1, JobProgress::Asking);
    assert_eq!(scene.offers(), " [Asking my-local-model for one token...]");
    assert!(scene.effects.iter().any(|it| matches!(it, Effect::Probe(it) if it.deep)), "it is looked at again");
    scene.progress(1, JobProgress::Done(Timing { load: Some(12_400), cold: Some(1_240), warm: Some(210) }));
    insta::assert_snapshot!(scene.offers(), @"Load my-local-model [my-local-model is loaded: in 12 s, first answer after 1.2 s, the next after 210 ms]");
    insta::assert_snapshot!(scene.told(), @"job.done: my-local-model is loaded | in 12 s, first answer after 1.2 s, the next after 210 ms");
}

#[test]
fn in_the_menu() {
    let models = [model("my-local-model", Load::NotLoaded), model("qwen", Load::Loaded)];
    let mut scene = Scene::new(LOCAL_FIRST);
    scene.serves(Kind::LlamaCppRouter, Some(1), &models);
    let rows = |scene: &Scene| scene.menu().lines().skip(3).take(3).collect::<Vec<_>>().join("\n");
    insta::assert_snapshot!(rows(&scene), @r"
    Check now
    [qwen is put aside for it.]
    Load my-local-model
    ");
    scene.click(Job::Load);
    insta::assert_snapshot!(rows(&scene), @r"
    Check now
    [Loading my-local-model]
    Cancel
    ");
}

#[test]
fn cancelled_or_failed() {
    let mut scene = Scene::new(LOCAL_FIRST);
    scene.serves(Kind::LmStudio, None, &[model("my-local-model", Load::NotLoaded)]).click(Job::Load);
    scene.intent(Intent::CancelJob { provider: "lmstudio".into() });
    assert!(scene.effects.iter().any(|it| matches!(it, Effect::StopJob(it) if it.id == 1)));
    assert_eq!(scene.progress(1, JobProgress::Asking).offers(), "Load my-local-model", "late news of it change nothing");
    scene.click(Job::Load).progress(2, JobProgress::Failed("not enough memory".into()));
    assert_eq!(scene.offers(), "Load my-local-model [my-local-model was not loaded: not enough memory]");
    insta::assert_snapshot!(scene.told(), @"job.done: my-local-model was not loaded | not enough memory");
}

#[test]
fn a_click_on_an_outdated_menu_does_nothing() {
    let mut scene = Scene::new(LOCAL_FIRST);
    scene.serves(Kind::LmStudio, None, &[model("my-local-model", Load::Loaded)]).click(Job::Load);
    assert!(!scene.effects.iter().any(|it| matches!(it, Effect::Job(_))));
}
