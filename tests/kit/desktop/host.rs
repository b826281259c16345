//! Somebody who shows trays and popups: the two D-Bus services that a panel and a notification daemon offer, writing down what they
//! are asked to show.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use zbus::message::Header;
use zbus::zvariant::OwnedValue;
use zbus::{Connection, interface};

use super::until;

const POPUPS: &str = "/org/freedesktop/Notifications";

#[derive(Debug)]
pub struct Host {
    pub bus: Connection,
    seen: Arc<Mutex<Seen>>,
}

#[derive(Debug, Default)]
struct Seen {
    items: Vec<String>,
    popups: Vec<Popup>,
}

/// A popup as it was asked for.
#[derive(Clone, Debug)]
pub struct Popup {
    pub number: u32,
    pub title: String,
    pub body: String,
    /// Key and label, one after the other.
    pub actions: Vec<String>,
    pub urgency: Option<u8>,
    pub pictured: bool,
}

impl Host {
    /// # Panics
    /// When the bus does not take it.
    pub async fn start(bus_address: &str) -> Self {
        let seen = Arc::new(Mutex::new(Seen::default()));
        let bus = zbus::connection::Builder::address(bus_address)
            .and_then(|it| it.serve_at("/StatusNotifierWatcher", Watcher { seen: seen.clone() }))
            .and_then(|it| it.serve_at(POPUPS, Notifications { seen: seen.clone() }))
            .and_then(|it| it.name("org.kde.StatusNotifierWatcher"))
            .and_then(|it| it.name("org.freedesktop.Notifications"))
            .expect("a bus address")
            .build()
            .await
            .expect("the session bus");
        Host { bus, seen }
    }

    /// Where the first tray item is: its bus name and its path.
    pub async fn item(&self) -> (String, String) {
        until("a tray item is registered", async || {
            let item = seen(&self.seen).items.first().cloned()?;
            let at = item.find('/')?;
            Some((item[..at].to_owned(), item[at..].to_owned()))
        })
        .await
    }

    /// So that the next one is waited for.
    pub fn forget_items(&self) {
        seen(&self.seen).items.clear();
    }

    pub async fn popup(&self, title: &str) -> Popup {
        until(&format!("a popup `{title}`"), async || self.popups().into_iter().find(|it| it.title == title)).await
    }

    #[must_use]
    pub fn popups(&self) -> Vec<Popup> {
        seen(&self.seen).popups.clone()
    }

    /// Clicks the popup itself, beside its buttons.
    ///
    /// # Panics
    /// When a click on it does nothing.
    pub async fn click(&self, popup: &Popup) {
        assert!(popup.actions.chunks(2).any(|it| it[0] == "default"), "{:?}", popup.actions);
        self.invoke(popup, "default").await;
    }

    /// Presses the button with this label.
    ///
    /// # Panics
    /// When the popup has no such button.
    pub async fn press(&self, popup: &Popup, label: &str) {
        let button = popup.actions.chunks(2).find(|it| it[1] == label && it[0] != "default");
        let key = &button.unwrap_or_else(|| panic!("no button `{label}` in {:?}", popup.actions))[0];
        self.invoke(popup, key).await;
    }

    async fn invoke(&self, popup: &Popup, key: &str) {
        self.bus
            .emit_signal(None::<&str>, POPUPS, "org.freedesktop.Notifications", "ActionInvoked", &(popup.number, key))
            .await
            .expect("a signal");
    }
}

fn seen(seen: &Mutex<Seen>) -> MutexGuard<'_, Seen> {
    seen.lock().unwrap_or_else(PoisonError::into_inner)
}

struct Watcher {
    seen: Arc<Mutex<Seen>>,
}

#[interface(name = "org.kde.StatusNotifierWatcher")]
impl Watcher {
    fn register_status_notifier_item(&self, service: &str, #[zbus(header)] header: Header<'_>) {
        let sender = header.sender().map(ToString::to_string).unwrap_or_default();
        let item = if service.starts_with('/') { sender + service } else { format!("{service}/StatusNotifierItem") };
        seen(&self.seen).items.push(item);
    }

    fn register_status_notifier_host(&self, _service: &str) {}

    #[zbus(property)]
    fn registered_status_notifier_items(&self) -> Vec<String> {
        seen(&self.seen).items.clone()
    }

    #[zbus(property)]
    fn is_status_notifier_host_registered(&self) -> bool {
        true
    }

    #[zbus(property)]
    fn protocol_version(&self) -> i32 {
        0
    }
}

struct Notifications {
    seen: Arc<Mutex<Seen>>,
}

#[interface(name = "org.freedesktop.Notifications")]
impl Notifications {
    #[expect(clippy::too_many_arguments, reason = "the specification has eight")]
    fn notify(
        &self,
        _app: &str,
        _replaces: u32,
        _icon: &str,
        title: String,
        body: String,
        actions: Vec<String>,
        hints: HashMap<String, OwnedValue>,
        _expires: i32,
    ) -> u32 {
        let mut seen = seen(&self.seen);
        let number = u32::try_from(seen.popups.len()).unwrap_or_default() + 1;
        let urgency = hints.get("urgency").and_then(|it| u8::try_from(it).ok());
        let pictured = hints.get("image-data").is_some_and(|it| it.value_signature().to_string() == "(iiibiiay)");
        seen.popups.push(Popup { number, title, body, actions, urgency, pictured });
        number
    }

    fn get_capabilities(&self) -> Vec<String> {
        ["actions", "body", "body-markup"].map(str::to_owned).to_vec()
    }

    fn close_notification(&self, _number: u32) {}

    fn get_server_information(&self) -> (String, String, String, String) {
        ("kit".to_owned(), "tests".to_owned(), "1".to_owned(), "1.2".to_owned())
    }
}
