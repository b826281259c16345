//! What a Linux desktop tells an app: whether there is one, who shows trays, how its panel is coloured. Asked over the session bus on
//! GTK's own main loop, without waiting.

pub mod autostart;
pub mod labels;
pub mod panel;
pub mod popups;

use std::time::Duration;

use gtk::gio;
use gtk::glib::{self, ToVariant, Variant};

/// How long a tray host may take to come up when the session starts.
const HOST_PATIENCE: Duration = Duration::from_secs(2);
const ANSWER_WITHIN_MS: i32 = 2000;

/// Whether there is a display to draw on. From here on the desktop knows the app by its name.
pub fn has_display(name: &str) -> bool {
    glib::set_application_name(name);
    gtk::init().is_ok()
}

/// Calls back, once, if nobody shows tray icons on this desktop.
pub fn when_no_tray_host(tell: impl FnOnce() + 'static) {
    glib::timeout_add_local_once(HOST_PATIENCE, move || {
        name_has_owner("org.kde.StatusNotifierWatcher", move |owned| {
            if !owned {
                tell();
            }
        });
    });
}

/// Whether another instance holds the name that single-instance takes. Waits for the answer: for a start that names a file to watch,
/// before anything else is done.
pub fn another_instance_runs(identifier: &str) -> bool {
    let name = (format!("{identifier}.SingleInstance"),).to_variant();
    let answer = gio::bus_get_sync(gio::BusType::Session, gio::Cancellable::NONE).and_then(|bus| {
        bus.call_sync(
            Some("org.freedesktop.DBus"),
            "/org/freedesktop/DBus",
            "org.freedesktop.DBus",
            "NameHasOwner",
            Some(&name),
            None,
            gio::DBusCallFlags::NONE,
            ANSWER_WITHIN_MS,
            gio::Cancellable::NONE,
        )
    });
    answer.ok().and_then(|it| it.get::<(bool,)>()).is_some_and(|(owned,)| owned)
}

/// An object on the session bus.
#[derive(Clone, Copy)]
pub(crate) struct Remote {
    pub name: &'static str,
    pub path: &'static str,
    pub interface: &'static str,
}

impl Remote {
    pub fn call(
        self,
        bus: &gio::DBusConnection,
        method: &str,
        arguments: Option<&Variant>,
        answer: impl FnOnce(Result<Variant, glib::Error>) + 'static,
    ) {
        bus.call(
            Some(self.name),
            self.path,
            self.interface,
            method,
            arguments,
            None,
            gio::DBusCallFlags::NONE,
            ANSWER_WITHIN_MS,
            gio::Cancellable::NONE,
            answer,
        );
    }

    /// For as long as the process runs.
    pub fn on_signal(self, bus: &gio::DBusConnection, signal: &str, tell: impl Fn(&Variant) + 'static) {
        bus.signal_subscribe(
            Some(self.name),
            Some(self.interface),
            Some(signal),
            Some(self.path),
            None,
            gio::DBusSignalFlags::NONE,
            move |_, _, _, _, _, body| tell(body),
        );
    }
}

fn name_has_owner(name: &str, tell: impl FnOnce(bool) + 'static) {
    const BUS: Remote = Remote { name: "org.freedesktop.DBus", path: "/org/freedesktop/DBus", interface: "org.freedesktop.DBus" };
    let arguments = (name,).to_variant();
    gio::bus_get(gio::BusType::Session, gio::Cancellable::NONE, move |bus| match bus {
        Ok(bus) => BUS.call(&bus, "NameHasOwner", Some(&arguments), move |answer| {
            tell(answer.ok().and_then(|it| it.get::<(bool,)>()).is_some_and(|(owned,)| owned));
        }),
        Err(_) => tell(false),
    });
}
