//! Whether this machine has a network and runs on battery. The system is asked; nothing is sent.

use std::net::{Ipv4Addr, Ipv6Addr, SocketAddr, UdpSocket};
use std::path::Path;

use domain::server::machine::Machine;

/// Addresses kept for documentation. No packet is sent there.
const FAR_AWAY: [SocketAddr; 2] = [
    SocketAddr::new(std::net::IpAddr::V4(Ipv4Addr::new(192, 0, 2, 1)), 9),
    SocketAddr::new(std::net::IpAddr::V6(Ipv6Addr::new(0x2001, 0xdb8, 0, 0, 0, 0, 0, 1)), 9),
];

pub(crate) fn look() -> Machine {
    Machine {
        offline: !has_route() && !has_link(Path::new("/sys/class/net")),
        battery: on_battery(Path::new("/sys/class/power_supply")),
    }
}

/// Whether the system knows a way out: connecting a datagram socket only asks it for a route.
fn has_route() -> bool {
    FAR_AWAY.iter().any(|to| {
        let from: SocketAddr = if to.is_ipv4() { (Ipv4Addr::UNSPECIFIED, 0).into() } else { (Ipv6Addr::UNSPECIFIED, 0).into() };
        UdpSocket::bind(from).and_then(|it| it.connect(to)).is_ok()
    })
}

/// Whether there is a network, even without a way out: its boxes can be reached. Linux only; elsewhere the route decides.
fn has_link(interfaces: &Path) -> bool {
    let names = std::fs::read_dir(interfaces).into_iter().flatten().flatten();
    names.filter(|name| name.file_name() != "lo").any(|name| read(&name.path().join("operstate")) == "up")
}

/// Whether it runs on battery. Linux only; elsewhere a machine counts as plugged in.
fn on_battery(supplies: &Path) -> bool {
    let supplies = std::fs::read_dir(supplies).into_iter().flatten().flatten();
    let mut discharging = false;
    for path in supplies.map(|supply| supply.path()) {
        match read(&path.join("type")).as_str() {
            "Mains" if read(&path.join("online")) == "1" => return false,
            // A mouse has a battery too.
            "Battery" if read(&path.join("scope")) != "Device" => discharging |= read(&path.join("status")) == "Discharging",
            _ => {}
        }
    }
    discharging
}

fn read(file: &Path) -> String {
    crate::files::read_text(file, crate::files::SMALL).unwrap_or_default().trim().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn folder(files: &[(&str, &str)]) -> tempfile::TempDir {
        let folder = tempfile::tempdir().expect("a folder");
        for (path, text) in files {
            let path = folder.path().join(path);
            std::fs::create_dir_all(path.parent().expect("it has one")).expect("a folder");
            std::fs::write(path, format!("{text}\n")).expect("written");
        }
        folder
    }

    #[test]
    fn on_battery_when_it_discharges_and_nothing_is_plugged_in() {
        let check = |files: &[(&str, &str)]| on_battery(folder(files).path());
        let laptop = [("BAT0/type", "Battery"), ("BAT0/status", "Discharging")];
        assert!(check(&laptop));
        assert!(!check(&[laptop[0], laptop[1], ("AC/type", "Mains"), ("AC/online", "1")]));
        assert!(!check(&[("BAT0/type", "Battery"), ("BAT0/status", "Charging")]));
        assert!(!check(&[("hid/type", "Battery"), ("hid/scope", "Device"), ("hid/status", "Discharging")]));
        assert!(!check(&[]));
    }

    #[test]
    fn a_link_counts_and_loopback_does_not() {
        assert!(has_link(folder(&[("lo/operstate", "unknown"), ("eth0/operstate", "up")]).path()));
        assert!(!has_link(folder(&[("lo/operstate", "up"), ("wlan0/operstate", "down")]).path()));
    }
}
