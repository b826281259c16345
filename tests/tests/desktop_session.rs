//! What the app does with the session around it: a click on its popup leads to the event in the window, and a switch of its settings makes it
//! start with the session.

use std::fs;
use std::path::Path;

use fantoccini::Locator;
use tests::desktop::app::Setup;
use tests::desktop::driver::Driver;
use tests::desktop::{Desktop, on_desktop, until};
use tests::fake_box::FakeBox;
use tests::stage::{fallback_lines, hybrid};

/// The text of what is meant on the page, and whether it has the keyboard.
const MEANT: &str =
    "const row = document.querySelector('li.meant'); return row && [row.innerText, row === document.activeElement];";

#[test]
fn a_click_on_a_popup_leads_to_its_event() {
    on_desktop("a_click_on_a_popup_leads_to_its_event", async || {
        let mut server = FakeBox::start("my-local-model").await;
        let desktop = Desktop::start().await;
        let setup = Setup::new(&desktop, &hybrid(&server.base_url()));
        let mut arguments = setup.arguments();
        arguments.extend(["--show", "--interval", "0.2"].map(str::to_owned));
        let window = Driver::start(&desktop, &arguments).await;
        window.find("nav-models").await;
        // The app lives in UTC here.
        let today = jiff::Timestamp::now().to_zoned(jiff::tz::TimeZone::UTC).date();
        let log = setup.logs.join(format!("openclaw-{today}.log"));
        fs::write(&log, fallback_lines("run-1", "box/my-local-model", "anthropic/claude-opus-4-6")).expect("a log");
        let fell = desktop.host().popup("Fell back to Opus").await;
        let labels: Vec<&str> = fell.actions.chunks(2).map(|it| it[1].as_str()).collect();
        assert_eq!(labels, ["", "Open", "Pause 1 h"]);
        server.kill().await;
        let down = desktop.host().popup("llama.cpp stopped answering").await;

        let meant = async |what: &str| {
            until(&format!("the row of `{what}`"), async || {
                let row = window.page.execute(MEANT, vec![]).await.ok()?;
                (row[0].as_str()?.contains(what) && row[1] == true).then_some(())
            })
            .await;
        };
        desktop.host().click(&fell).await;
        meant("Fell back from Local to Opus").await;
        // The older of two popups is clicked, and then the newer.
        desktop.host().click(&down).await;
        meant("llama.cpp stopped answering").await;
        let heading = window.page.find(Locator::Css("h1")).await.expect("a heading").text().await.expect("its text");
        assert_eq!(heading, "History");
    });
}

#[test]
fn it_starts_with_the_session_from_wherever_it_is() {
    on_desktop("it_starts_with_the_session_from_wherever_it_is", async || {
        let server = FakeBox::start("my-local-model").await;
        let desktop = Desktop::start().await;
        let setup = Setup::new(&desktop, &hybrid(&server.base_url()));
        let mut arguments = setup.arguments();
        arguments.push("--show".to_owned());
        let place = |name: &str| desktop.home().join(name).join("pilotlight-tray");
        let (first, second) = (place("my apps"), place("moved here"));
        for it in [&first, &second] {
            fs::create_dir(it.parent().expect("it has one")).expect("a folder");
        }
        link_or_copy(&tests::desktop::app::binary(), &first);
        let entry = desktop.home().join("settings of mine/autostart/Pilot Light.desktop");
        let exec = |program: &Path| format!("Exec=\"{}\" --hidden\n", program.display());
        let reads = async |what: &str| {
            until(&format!("the entry says {what}"), async || fs::read_to_string(&entry).ok().filter(|it| it.contains(what)))
                .await
        };

        let window = Driver::of(&desktop, &first, &arguments).await;
        switch(&window).await;
        reads(&exec(&first)).await;
        drop(window);
        fs::rename(&first, &second).expect("moved");
        let window = Driver::of(&desktop, &second, &arguments).await;
        reads(&exec(&second)).await;
        switch(&window).await;
        until("the entry is gone", async || (!entry.exists()).then_some(())).await;
    });
}

/// Clicks the switch on the page of the settings.
async fn switch(window: &Driver) {
    window.click("nav-settings").await;
    let label = Locator::XPath("//label[contains(., 'Start Pilot Light in the tray')]");
    let label = until("the switch is there", async || window.page.find(label).await.ok()).await;
    until("the switch can be clicked", async || label.click().await.ok()).await;
}

fn link_or_copy(from: &Path, to: &Path) {
    if fs::hard_link(from, to).is_err() {
        fs::copy(from, to).expect("copied");
    }
}
