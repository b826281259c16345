//! The tray's icons and the popups' pictures, baked into the binary; `icons/render` draws them.

use domain::Overall;
use tauri::image::Image;

/// What the icon stands on. macOS tints the icon itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Panel {
    Dark,
    #[cfg_attr(not(any(target_os = "linux", test)), expect(dead_code, reason = "only Linux tells the colour of its panel"))]
    Light,
}

macro_rules! each_state {
    ($overall:expr, $kind:literal) => {
        match $overall {
            Overall::Ready => include_bytes!(concat!("../../icons/tray/ready-", $kind, ".png")).as_slice(),
            Overall::Attention => include_bytes!(concat!("../../icons/tray/attention-", $kind, ".png")).as_slice(),
            Overall::Fallback => include_bytes!(concat!("../../icons/tray/fallback-", $kind, ".png")).as_slice(),
            Overall::Down => include_bytes!(concat!("../../icons/tray/down-", $kind, ".png")).as_slice(),
            Overall::Unknown => include_bytes!(concat!("../../icons/tray/unknown-", $kind, ".png")).as_slice(),
        }
    };
}

/// The picture of a state for the tray.
pub fn tray(overall: Overall, panel: Panel) -> tauri::Result<Image<'static>> {
    if cfg!(target_os = "macos") {
        return Image::from_bytes(each_state!(overall, "template"));
    }
    Image::from_bytes(match panel {
        Panel::Dark => each_state!(overall, "on-dark"),
        Panel::Light => each_state!(overall, "on-light"),
    })
}

/// The picture of a state for a popup: on a tile of its own, since a popup may be light or dark.
#[cfg(target_os = "linux")]
pub fn notice(overall: Overall) -> tauri::Result<Image<'static>> {
    Image::from_bytes(each_state!(overall, "notice"))
}

#[cfg(test)]
mod tests {
    use super::*;

    const ALL: [Overall; 5] = [Overall::Ready, Overall::Attention, Overall::Fallback, Overall::Down, Overall::Unknown];

    #[test]
    fn no_two_states_look_alike() {
        for panel in [Panel::Dark, Panel::Light] {
            let pictures: Vec<Vec<u8>> =
                ALL.iter().map(|it| tray(*it, panel).expect("a baked-in picture").rgba().to_vec()).collect();
            for (at, one) in pictures.iter().enumerate() {
                assert!(pictures.iter().skip(at + 1).all(|other| other != one), "{:?}", ALL[at]);
            }
        }
    }
}
