//! Which colour the panel has. No desktop says so; its name and its colour scheme give a good guess, and the icon bears a wrong one.

use std::cell::Cell;
use std::rc::Rc;

use gtk::gio;
use gtk::glib::{ToVariant, Variant};
use gtk::prelude::*;

use super::Remote;
use crate::icons::Panel;

const SETTINGS: Remote = Remote {
    name: "org.freedesktop.portal.Desktop",
    path: "/org/freedesktop/portal/desktop",
    interface: "org.freedesktop.portal.Settings",
};
const NAMESPACE: &str = "org.freedesktop.appearance";
const KEY: &str = "color-scheme";

/// Xfce's own switch for its first panel.
const XFCONF: Remote = Remote { name: "org.xfce.Xfconf", path: "/org/xfce/Xfconf", interface: "org.xfce.Xfconf" };

/// What the desktop has said so far.
#[derive(Clone, Copy, Default)]
struct Said {
    /// `color-scheme`: 1 for dark, 2 for light, 0 for no preference.
    scheme: Option<u32>,
    /// Xfce's panel is dark, or follows the theme.
    xfce_dark: Option<bool>,
}

/// A first guess, at once; better ones follow as the desktop answers, and whenever its colours change.
pub fn watch(tell: impl Fn(Panel) + 'static) -> Panel {
    let desktop = std::env::var("XDG_CURRENT_DESKTOP").unwrap_or_default();
    let first = guess(&desktop, Said::default(), has_dark_theme());
    if !is_always_dark(&desktop) {
        gio::bus_get(gio::BusType::Session, gio::Cancellable::NONE, move |bus| {
            if let Ok(bus) = bus {
                ask(&bus, desktop, tell);
            }
        });
    }
    first
}

fn ask(bus: &gio::DBusConnection, desktop: String, tell: impl Fn(Panel) + 'static) {
    let xfce = is(&desktop, "XFCE");
    let said = Rc::new(Cell::new(Said::default()));
    let heard = Rc::new(move |more: &dyn Fn(Said) -> Said| {
        said.set(more(said.get()));
        tell(guess(&desktop, said.get(), has_dark_theme()));
    });
    SETTINGS.on_signal(bus, "SettingChanged", {
        let heard = heard.clone();
        move |body| {
            if let Some((namespace, key, value)) = body.get::<(String, String, Variant)>()
                && namespace == NAMESPACE
                && key == KEY
            {
                let scheme = inner(value).get();
                heard(&|said| Said { scheme, ..said });
            }
        }
    });
    SETTINGS.call(bus, "Read", Some(&(NAMESPACE, KEY).to_variant()), {
        let heard = heard.clone();
        move |answer| {
            // No portal, no better guess.
            if let Ok(answer) = answer {
                let scheme = inner(answer).get();
                heard(&|said| Said { scheme, ..said });
            }
        }
    });
    if xfce {
        XFCONF.call(bus, "GetProperty", Some(&("xfce4-panel", "/panels/dark-mode").to_variant()), move |answer| {
            // A property that was never set is an error: the panel follows the theme.
            let dark = answer.ok().and_then(|it| inner(it).get()).unwrap_or_default();
            heard(&|said| Said { xfce_dark: Some(dark), ..said });
        });
    }
}

fn guess(desktop: &str, said: Said, dark_theme: bool) -> Panel {
    let by_theme = if dark_theme { Panel::Dark } else { Panel::Light };
    if is_always_dark(desktop) {
        return Panel::Dark;
    }
    match said {
        Said { xfce_dark: Some(true), .. } => Panel::Dark,
        Said { xfce_dark: Some(false), .. } => by_theme,
        Said { scheme: Some(1), .. } => Panel::Dark,
        Said { scheme: Some(2), .. } => Panel::Light,
        // Their panels wear the theme.
        _ if ["KDE", "MATE", "LXDE"].iter().any(|it| is(desktop, it)) => by_theme,
        _ => Panel::Dark,
    }
}

/// The bar of these is dark whatever the scheme.
fn is_always_dark(desktop: &str) -> bool {
    is(desktop, "GNOME") || is(desktop, "Unity")
}

/// `XDG_CURRENT_DESKTOP` is a list, as in `ubuntu:GNOME`.
fn is(desktop: &str, name: &str) -> bool {
    desktop.split(':').any(|it| it.eq_ignore_ascii_case(name))
}

/// Told by the colour that the theme gives to text: its name says it only sometimes.
fn has_dark_theme() -> bool {
    let text = gtk::StyleContext::new().lookup_color("theme_fg_color");
    text.is_some_and(|it| 0.299 * it.red() + 0.587 * it.green() + 0.114 * it.blue() > 0.5)
}

/// The value, out of as many tuples and variants as it comes in.
fn inner(mut value: Variant) -> Variant {
    while value.is_container() && value.n_children() == 1 {
        value = value.child_value(0);
    }
    value
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_panel_is_guessed_from_what_the_desktop_says() {
        let check = |desktop, scheme, xfce_dark, dark_theme, expected| {
            let said = Said { scheme, xfce_dark };
            assert_eq!(guess(desktop, said, dark_theme), expected, "{desktop} {scheme:?} {xfce_dark:?} {dark_theme}");
        };
        check("", None, None, false, Panel::Dark);
        check("", Some(0), None, false, Panel::Dark);
        check("", Some(2), None, false, Panel::Light);
        check("XFCE", None, None, false, Panel::Dark);
        check("XFCE", Some(2), Some(true), false, Panel::Dark);
        check("XFCE", Some(0), Some(false), false, Panel::Light);
        check("KDE", None, None, false, Panel::Light);
        check("KDE", None, None, true, Panel::Dark);
        check("KDE", Some(1), None, false, Panel::Dark);
        check("ubuntu:GNOME", Some(2), None, false, Panel::Dark);
        check("Unity", Some(2), None, false, Panel::Dark);
    }

    #[test]
    fn a_value_is_found_in_its_boxes() {
        let boxed = |it: Variant| Variant::from_variant(&it);
        assert_eq!(inner(Variant::tuple_from_iter([boxed(boxed(2u32.to_variant()))])).get(), Some(2u32));
        assert_eq!(inner(boxed(true.to_variant())).get(), Some(true));
        assert_eq!(inner("dark".to_variant()).get::<u32>(), None);
    }
}
