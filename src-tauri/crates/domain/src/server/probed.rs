//! What the answer to a probe changes.

use std::time::Duration;

use crate::ModelRef;
use crate::base::Now;
use crate::config::Config;
use crate::server::ServerTransition;
use crate::server::fleet::LATENCIES;
use crate::server::health::Health;
use crate::server::machine::Excuse;
use crate::server::observation::{Answer, Failure, Observation};
use crate::server::schedule;
use crate::server::{Fleet, Server, Servers};

/// What an answer changes on its server.
pub(crate) struct Lesson {
    /// No miss that may be this machine's own.
    pub is_proof: bool,
    /// More than a latency is another one now.
    pub is_news: bool,
}

impl Server {
    pub(crate) fn learn(
        &mut self,
        id: &str,
        every: Duration,
        deep: bool,
        seen: Observation,
        excuse: Option<Excuse>,
        now: &Now,
    ) -> Lesson {
        self.in_flight = false;
        let first = self.rounds == 0;
        self.rounds = self.rounds.wrapping_add(1);
        let again = std::mem::take(&mut self.again);
        let misses = match &seen.answer {
            Answer::Failed(why) if why.is_outage() => Some(why.clone()),
            _ => None,
        };
        let was_unjudged = self.unjudged;
        if misses.is_some() && excuse.is_some() {
            self.unjudged |= excuse == Some(Excuse::Offline);
            self.due = Some(now.mono + schedule::DOUBT_EVERY);
            return Lesson { is_proof: false, is_news: first || self.unjudged != was_unjudged };
        }
        self.unjudged = false;
        let health = std::mem::take(&mut self.health);
        self.health = health.clone().after(misses.as_ref().map_or(Ok(()), Err), now.wall_ms);
        let is_news = first || was_unjudged || self.health != health;
        if self.latencies.len() >= LATENCIES {
            self.latencies.pop_front();
        }
        let millis = seen.latency.map(|it| u32::try_from(it.as_millis()).unwrap_or(u32::MAX));
        self.latencies.push_back(millis.filter(|_| misses.is_none()));
        let is_news = self.remember_answer(seen, deep) || is_news;
        schedule::schedule(self, id, every, deep, now);
        if again {
            self.due = Some(now.mono);
            self.deep_due = now.mono;
        }
        Lesson { is_proof: true, is_news }
    }

    /// Whether it is another answer than the one before.
    fn remember_answer(&mut self, seen: Observation, deep: bool) -> bool {
        let known = (self.kind, self.version.clone(), self.refusal.clone());
        let mut other_models = false;
        match seen.answer {
            Answer::Up(serving) => {
                self.kind = seen.kind.or(self.kind);
                self.version = seen.version.or_else(|| self.version.take());
                // A shallow probe says that it lives, and nothing of its models.
                if deep || serving.models.is_some() {
                    other_models = self.serving.as_ref() != Some(&serving);
                    self.serving = Some(serving);
                }
                if deep || !matches!(self.refusal, Some(Failure::AuthNeeded | Failure::AuthWrong)) {
                    self.refusal = None;
                }
                self.misses_while_down = 0;
            }
            Answer::Failed(why) if why.is_outage() => {
                if self.health.is_down() {
                    self.serving = None;
                    self.refusal = None;
                    self.misses_while_down = self.misses_while_down.saturating_add(1);
                }
            }
            Answer::Failed(why) => {
                self.kind = seen.kind.or(self.kind);
                self.refusal = Some(why);
                self.misses_while_down = 0;
            }
        }
        other_models || known != (self.kind, self.version.clone(), self.refusal.clone())
    }

    /// It shows a certificate that is not the one a person trusts.
    fn shows_another_certificate(&self) -> bool {
        matches!(&self.refusal, Some(Failure::Untrusted(it)) if it.changed)
    }
}

/// What a probe of a provider's server came to.
pub(crate) struct Probed {
    pub transitions: Vec<ServerTransition>,
    /// It answers, and is not shown as down any more.
    pub is_up: bool,
}

impl Fleet {
    /// Servers follow the config: new ones are probed at once, gone ones forgotten, moved ones start over.
    pub(crate) fn follow_config(&mut self, config: &Config, now: &Now) {
        let local = |id: &str| config.provider(id).filter(|it| it.is_local());
        self.servers.retain(|id, server| local(id).is_some_and(|it| it.base_url.as_deref() == Some(&server.base_url)));
        for provider in config.providers.iter().filter(|it| it.is_local()) {
            let server = self.servers.entry(provider.id.clone()).or_default();
            server.base_url = provider.base_url.clone().unwrap_or_default();
            // A key or a model may have changed with it.
            server.hurry(now);
            server.was_small.clear();
        }
        self.follow_upstreams(config, now);
    }

    /// Takes the answer of a provider's server. `None`: it proves nothing, or the config has moved on.
    pub(crate) fn probed(
        &mut self,
        id: &str,
        base_url: &str,
        deep: bool,
        seen: Observation,
        config: &Config,
        now: &Now,
    ) -> Option<Probed> {
        let (excuse, every) = (self.excuse(base_url), self.every());
        let server = self.servers.get_mut(id).filter(|it| it.base_url == base_url)?;
        let was_up = matches!(server.health, Health::Up | Health::Wavering { .. });
        let outage = server.health.outage().map(|it| it.0);
        let answers = !matches!(&seen.answer, Answer::Failed(why) if why.is_outage());
        let was_changed = server.shows_another_certificate();
        let lesson = server.learn(id, every, deep, seen, excuse, now);
        let now_down = server.health.outage().map(|(since, why)| (since, why.clone()));
        let is_changed = server.shows_another_certificate();
        self.revision += u32::from(lesson.is_news);
        if !lesson.is_proof {
            return None;
        }
        self.follow_upstreams(config, now);
        let mut transitions = Vec::new();
        if is_changed && !was_changed {
            transitions.push(ServerTransition::CertificateChanged { provider: id.to_owned() });
        }
        let is_up = answers && now_down.is_none();
        // OpenClaw starts such a server when it needs it: idle is not down.
        if !config.provider(id).is_some_and(|it| it.on_demand) {
            match (outage, now_down) {
                (None, Some((since, why))) if was_up => {
                    transitions.push(ServerTransition::BoxDown { provider: id.to_owned(), since, why });
                }
                (Some(since), None) => transitions.push(ServerTransition::BoxUp { provider: id.to_owned(), since }),
                _ => {}
            }
        }
        transitions.extend(self.shrunk(id, config));
        Some(Probed { transitions, is_up })
    }

    /// The models of a provider that are served with less context than configured, and were not when that was last known: also before an
    /// outage.
    fn shrunk(&mut self, id: &str, config: &Config) -> Vec<ServerTransition> {
        let servers = Servers { config, fleet: self };
        let models = config.provider(id).map(|it| it.models.as_slice()).unwrap_or_default();
        let known = models.iter().map(|it| ModelRef::new(id, &it.id)).filter(|it| servers.context(it).is_some());
        let known: Vec<_> = known.map(|it| (servers.small_context(&it), it)).collect();
        let Some(server) = self.servers.get_mut(id) else { return Vec::new() };
        let transitions = known.into_iter().filter_map(|(small, model)| {
            let was_small = server.was_small.insert(model.clone(), small.is_some());
            let (served, configured) = small.filter(|_| was_small == Some(false))?;
            Some(ServerTransition::ContextSmall { model, served, configured })
        });
        transitions.collect()
    }
}
