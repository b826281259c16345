//! Local models that are easy to trick, or may show their thinking.

use document::path;

use crate::base::Severity;
use crate::base::model_size::weight;
use crate::config::{About, Config, Problem, ProblemField};

pub fn safety(config: &Config) -> Vec<Problem> {
    let local = || config.providers.iter().filter(|it| !it.implied && it.is_local());
    let thinking = local().filter(|it| config.posture.whatsapp && it.api.as_deref().is_none_or(|it| it == "openai-completions"));
    let thinking = thinking.map(|it| {
        let at = path!["models", "providers", &it.id, "api"];
        let message = "With openai-completions a model's thinking may be sent to WhatsApp as text. Use openai-responses if the server has it.";
        Problem::new("whatsapp.thinking", Severity::Info, at, message).about(About::Provider(it.id.clone())).field(ProblemField::Api)
    });
    let weak = local().flat_map(|provider| {
        provider.models.iter().enumerate().filter_map(move |(i, model)| {
            let name = model.name.as_deref().unwrap_or_default();
            let (facts, weakness) = weight("", &[&model.id, name]);
            let message = format!("{facts}: {}. Give it few tools.", weakness?);
            let at = path!["models", "providers", &provider.id, "models", i, "id"];
            let about = About::Model { provider: provider.id.clone(), model: model.id.clone() };
            Some(Problem::new("model.weak", Severity::Info, at, message).about(about))
        })
    });
    thinking.chain(weak).collect()
}
