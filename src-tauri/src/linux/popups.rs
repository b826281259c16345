//! DesktopPopups by the desktop's notification server, spoken to directly: with buttons, an urgency and a picture of the state.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use domain::Overall;
use domain::intent::Intent;
use domain::notify::notice::{Code, Notice};
use gtk::gio;
use gtk::glib::{self, ToVariant, Variant, VariantDict};

use super::Remote;
use crate::icons;

const SERVER: Remote = Remote {
    name: "org.freedesktop.Notifications",
    path: "/org/freedesktop/Notifications",
    interface: "org.freedesktop.Notifications",
};
/// A server that never tells when a popup closes must not make us remember them all.
const REMEMBERED: usize = 64;

pub struct DesktopPopups {
    shared: Arc<Shared>,
}

struct Shared {
    act: Box<dyn Fn(Intent) + Send + Sync>,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    server: Option<Server>,
    /// What a click on each popup and its buttons mean, by the server's number for it.
    open: BTreeMap<u32, (Intent, Vec<Intent>)>,
    /// It was said in the log that nobody shows notifications.
    missed: bool,
}

#[derive(Clone)]
struct Server {
    bus: gio::DBusConnection,
    /// It reads `<` and `&` in a body as markup.
    markup: bool,
}

impl DesktopPopups {
    pub fn new(act: impl Fn(Intent) + Send + Sync + 'static) -> Self {
        DesktopPopups { shared: Arc::new(Shared { act: Box::new(act), state: Mutex::default() }) }
    }

    pub fn show(&self, notice: Notice, shown: impl FnOnce() + 'static) {
        let shared = self.shared.clone();
        // Bound, or the lock would still be held where the match meets the server.
        let known = shared.state().server.clone();
        match known {
            Some(server) => send(&shared, &server, &notice, shown),
            None => meet_server(shared, notice, shown),
        }
    }
}

impl Shared {
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn missed(&self, error: &glib::Error) {
        if !std::mem::replace(&mut self.state().missed, true) {
            tracing::warn!("notifications can't be shown on this desktop: {error}");
        }
    }

    fn clicked(&self, popup: u32, button: &str) {
        let meant = self.state().open.get(&popup).and_then(|(click, intents)| match button {
            "default" => Some(click.clone()),
            number => intents.get(number.parse::<usize>().ok()?).cloned(),
        });
        if let Some(intent) = meant {
            (self.act)(intent);
        }
    }
}

/// The first notice finds out who shows it.
fn meet_server(shared: Arc<Shared>, notice: Notice, shown: impl FnOnce() + 'static) {
    gio::bus_get(gio::BusType::Session, gio::Cancellable::NONE, move |bus| match bus {
        Err(error) => shared.missed(&error),
        Ok(bus) => SERVER.call(&bus.clone(), "GetCapabilities", None, move |answer| match answer {
            Err(error) => shared.missed(&error),
            Ok(answer) => {
                let markup = answer.get::<(Vec<String>,)>().is_some_and(|(it,)| it.iter().any(|it| it == "body-markup"));
                let server = Server { bus, markup };
                // Two notices may have come at once; one subscription is enough.
                if shared.state().server.replace(server.clone()).is_none() {
                    listen(&shared, &server.bus);
                }
                send(&shared, &server, &notice, shown);
            }
        }),
    });
}

fn listen(shared: &Arc<Shared>, bus: &gio::DBusConnection) {
    SERVER.on_signal(bus, "ActionInvoked", {
        let shared = shared.clone();
        move |body| {
            if let Some((popup, button)) = body.get::<(u32, String)>() {
                shared.clicked(popup, &button);
            }
        }
    });
    SERVER.on_signal(bus, "NotificationClosed", {
        let shared = shared.clone();
        move |body| {
            if let Some((popup, _reason)) = body.get::<(u32, u32)>() {
                shared.state().open.remove(&popup);
            }
        }
    });
}

fn send(shared: &Arc<Shared>, server: &Server, notice: &Notice, shown: impl FnOnce() + 'static) {
    let actions = notice.actions();
    // A click on the popup itself; with a label, some servers would draw one more button for it.
    let mut buttons = vec!["default".to_owned(), String::new()];
    for (number, (label, _)) in actions.iter().enumerate() {
        buttons.extend([number.to_string(), (*label).to_owned()]);
    }
    let body = if server.markup { glib::markup_escape_text(&notice.body).to_string() } else { notice.body.clone() };
    let arguments =
        ("Pilot Light", 0u32, "pilotlight-tray", &notice.title, body, buttons, hints(notice.code), -1i32).to_variant();
    let intents = (notice.click(), actions.into_iter().map(|(_, intent)| intent).collect());
    let shared = shared.clone();
    SERVER.call(&server.bus, "Notify", Some(&arguments), move |answer| match answer.map(|it| it.get::<(u32,)>()) {
        Ok(Some((popup,))) => {
            shown();
            let open = &mut shared.state().open;
            open.insert(popup, intents);
            if open.len() > REMEMBERED {
                open.pop_first();
            }
        }
        Ok(None) => tracing::warn!("the notification server's answer is not a number"),
        Err(error) => shared.missed(&error),
    });
}

fn hints(code: Code) -> VariantDict {
    let hints = VariantDict::new(None);
    hints.insert_value("urgency", &urgency(code).to_variant());
    hints.insert_value("desktop-entry", &"Pilot Light".to_variant());
    if let Ok(picture) = icons::notice(shown_as(code)) {
        let (width, height) = (picture.width().cast_signed(), picture.height().cast_signed());
        let bytes = Variant::array_from_fixed_array(picture.rgba());
        let fields = [width, height, width * 4].map(|it| it.to_variant());
        let kind = [true.to_variant(), 8i32.to_variant(), 4i32.to_variant(), bytes];
        hints.insert_value("image-data", &Variant::tuple_from_iter(fields.into_iter().chain(kind)));
    }
    hints
}

/// 0 low, 1 normal, 2 critical: that one stays until it is seen.
fn urgency(code: Code) -> u8 {
    match code {
        Code::FallbackEnded | Code::BoxUp | Code::JobDone => 0,
        Code::RouteExhausted => 2,
        _ => 1,
    }
}

fn shown_as(code: Code) -> Overall {
    match code {
        Code::FallbackEnded | Code::BoxUp | Code::JobDone => Overall::Ready,
        Code::FallbackStarted => Overall::Fallback,
        Code::RouteExhausted => Overall::Down,
        _ => Overall::Attention,
    }
}
