//! The tray's menu, made from the state each time. A row carries its intent, so that nothing is parsed back from labels.

use crate::app::state::State;
use crate::base::Now;
use crate::base::change::{Change, Owner, Place};
use crate::base::shown::Shown;
use crate::base::words::{clock, short_tokens};
use crate::intent::{Intent, Page, Pause, Show};
use crate::server::availability::Availability;
use crate::view::types::{Note, Overall};
use crate::view::{self, View};

#[derive(Clone, Debug, PartialEq)]
pub enum Item {
    Separator,
    Row(Row),
    Submenu { label: String, rows: Vec<Item> },
}

#[derive(Clone, Debug, PartialEq)]
pub struct Row {
    pub label: String,
    /// `None`: shown, and not to be clicked.
    pub intent: Option<Intent>,
    pub checked: Option<bool>,
}

/// More boxes than this are a row "3 more...".
const BOXES: usize = 10;
/// Names may be long; a menu may not be.
const WIDTH: usize = 64;

/// `view` is that of the same state and instant.
#[must_use]
pub fn menu(state: &State, view: &View, now: &Now) -> Vec<Item> {
    let open = |page| Intent::Open(Show::page(page));
    let mut items = vec![row(title(state, view, now), open(Page::Status)), Item::Separator];
    let shown = view.boxes.iter().take(BOXES);
    items.extend(
        shown.map(|it| Item::Submenu { label: cut(&format!("{}: {}", it.name, box_words(state, it))), rows: box_rows(it) }),
    );
    if view.boxes.len() > BOXES {
        items.push(row(format!("{} more...", view.boxes.len() - BOXES), open(Page::Status)));
    }
    if !view.boxes.is_empty() {
        items.push(Item::Separator);
    }
    if !view.hops.is_empty() {
        let names: Vec<&str> = view.hops.iter().map(|it| it.name.as_str()).collect();
        items.push(Item::Submenu {
            label: cut(&format!("Route: {}", names.join(" > "))),
            rows: route_rows(view, state.config.leading_agent()),
        });
    }
    items.push(row("Check now", Intent::CheckNow { provider: None }));
    items.push(Item::Submenu { label: pause_label(state, now), rows: pause_rows(state) });
    items.push(Item::Separator);
    items.push(row("Open Pilot Light...", open(Page::Status)));
    items.push(row("Quit", Intent::Quit));
    items
}

/// Name and state on one line, for the tooltip.
#[must_use]
pub fn tooltip(state: &State, view: &View, now: &Now) -> String {
    format!("Pilot Light\n{}", title(state, view, now))
}

fn title(state: &State, view: &View, now: &Now) -> String {
    let route = state.route();
    let named = |model: &crate::ModelRef| {
        let name = state.config.name(model);
        if name == model.to_string() { name } else { format!("{name} ({model})") }
    };
    let title = match (&route.effective, view.overall) {
        (_, Overall::Unknown | Overall::Down) | (None, _) => view.headline.clone(),
        (Some(model), Overall::Ready) => {
            let latency = state.fleet.servers.get(&model.provider).and_then(crate::Server::latency_ms);
            format!("Ready: {}{}", named(model), latency.map(|ms| format!(", {ms} ms")).unwrap_or_default())
        }
        (Some(model), Overall::Fallback) => match state.turns.leading_fallback(&state.config) {
            Some((_, it)) => format!("Fallback: {}, since {}", named(model), clock(it.since, now)),
            None => format!("Fallback: {} answers next", named(model)),
        },
        (Some(_), Overall::Attention) if crate::view::is_beside_the_model(state) => view.headline.clone(),
        (Some(model), Overall::Attention) => format!("Attention: {}", named(model)),
    };
    cut(&title)
}

fn box_words(state: &State, card: &view::types::BoxCard) -> String {
    let provider =
        state.config.provider(&card.provider).filter(|it| state.servers().provider_availability(it) == Availability::Down);
    if let Some((_, why)) = provider.and_then(|it| state.fleet.servers.get(&it.id)?.health.outage()) {
        return format!("{}: {}", card.mark.text, crate::server::words::failure(why));
    }
    let context = card.contexts.first().map(|it| match it.configured {
        Some(configured) if configured != it.served => {
            format!(", context {} of {}", short_tokens(it.served), short_tokens(configured))
        }
        _ => format!(", context {}", short_tokens(it.served)),
    });
    card.mark.text.clone() + &context.unwrap_or_default()
}

fn box_rows(card: &view::types::BoxCard) -> Vec<Item> {
    let mut rows = vec![row("Check now", Intent::CheckNow { provider: Some(card.provider.clone()) })];
    rows.extend(job_rows(card));
    rows.extend(card.notes.iter().filter_map(fix_row));
    rows.extend(
        card.notes.iter().filter_map(|it| it.copy.as_ref()).map(|it| row(it.label.clone(), Intent::CopyText(it.text.clone()))),
    );
    rows.push(row("Copy base URL", Intent::CopyText(card.base_url.clone())));
    rows.push(row("Edit...", Intent::Open(Show { provider: Some(card.provider.clone()), ..Show::page(Page::Providers) })));
    rows
}

/// Those of the model that matters most. What one does beside its purpose stands above it.
fn job_rows(card: &view::types::BoxCard) -> Vec<Item> {
    let mut rows = Vec::new();
    if let Some(work) = &card.work {
        rows.push(Item::Row(Row { label: cut(&work.mark.text), intent: None, checked: None }));
        if work.running {
            rows.push(row("Cancel", Intent::CancelJob { provider: card.provider.clone() }));
        }
    }
    let leading = card.offers.first().map(|it| it.model.as_str());
    for offer in card.offers.iter().filter(|it| Some(it.model.as_str()) == leading) {
        rows.extend(offer.warning.iter().map(|it| Item::Row(Row { label: cut(it), intent: None, checked: None })));
        let model = crate::ModelRef::new(&card.provider, &offer.model);
        rows.push(row(cut(&offer.label), Intent::Job { job: offer.job, model }));
    }
    rows
}

/// The change goes into the draft, and the window opens on its review.
fn fix_row(note: &Note) -> Option<Item> {
    let fix = note.fix.as_ref()?;
    let label = match &fix.change {
        Change::Set { at: Place { of: Owner::Model { model, .. }, key }, to: Some(to), .. } if *key == ["contextWindow"] => {
            format!("Use {} in the config ({model})...", short_tokens(to.as_u64().unwrap_or_default()))
        }
        _ => format!("{}...", fix.label),
    };
    Some(row(cut(&label), Intent::Open(Show::review(fix.change.clone()))))
}

fn route_rows(view: &View, leading: Option<&str>) -> Vec<Item> {
    let hops = view.hops.iter().map(|it| {
        let label = cut(&format!("{}: {}, {}", it.caption, it.name, it.mark.text));
        Item::Row(Row { label, intent: None, checked: None })
    });
    let mut rows: Vec<Item> = hops.collect();
    rows.push(Item::Separator);
    let default = view.routes.iter().find(|it| it.agent.as_deref() == leading);
    if let Some((route, local_first)) = default.and_then(|it| Some((it, it.local_first?))) {
        let swap = route
            .swapped
            .clone()
            .map(|to| Intent::Open(Show::review(Change::Route { agent: route.agent.clone(), was: route.written.clone(), to })));
        let choice = |label: &str, chosen: bool| {
            Item::Row(Row { label: label.to_owned(), intent: swap.clone().filter(|_| !chosen), checked: Some(chosen) })
        };
        rows.push(choice("Local first", local_first));
        rows.push(choice("Hosted first", !local_first));
    }
    rows.push(row("Edit...", Intent::Open(Show::page(Page::Route))));
    rows
}

fn pause_label(state: &State, now: &Now) -> String {
    match state.notify.paused_until {
        Some(until) => format!("Notifications paused until {}", clock(until, now)),
        None => "Pause notifications".to_owned(),
    }
}

fn pause_rows(state: &State) -> Vec<Item> {
    let mut rows = vec![
        row("For 1 hour", Intent::Pause(Some(Pause::Hour))),
        row("Until tomorrow 8:00", Intent::Pause(Some(Pause::Tomorrow))),
    ];
    if state.notify.paused_until.is_some() {
        rows.push(row("Resume", Intent::Pause(None)));
    }
    rows
}

fn row(label: impl Into<String>, intent: Intent) -> Item {
    Item::Row(Row { label: cut(&label.into()), intent: Some(intent), checked: None })
}

/// Names come from elsewhere.
fn cut(text: &str) -> String {
    Shown::line(text, WIDTH).into_string()
}
