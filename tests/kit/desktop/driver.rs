//! The window driven as a person would: WebKitWebDriver starts the app and finds, clicks and types in its page.

use std::net::TcpListener;
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::{Command, Stdio};

use fantoccini::elements::Element;
use fantoccini::wd::Capabilities;
use fantoccini::{Client, ClientBuilder, Locator};
use hyper_util::client::legacy::connect::HttpConnector;
use serde_json::json;

use super::{Desktop, Running, app, until};

const ENTER: char = '\u{e007}';
const ALT: char = '\u{e00a}';
pub const ARROW_UP: char = '\u{e013}';

#[derive(Debug)]
pub struct Driver {
    pub page: Client,
    driver: Running,
}

impl Driver {
    /// Starts the app with these arguments and takes its window.
    ///
    /// # Panics
    /// When WebKitWebDriver is not installed or the app does not come up.
    pub async fn start(desktop: &Desktop, arguments: &[String]) -> Self {
        Driver::of(desktop, &app::binary(), arguments).await
    }

    /// The same with a copy of the app.
    ///
    /// # Panics
    /// When WebKitWebDriver is not installed or the app does not come up.
    pub async fn of(desktop: &Desktop, binary: &Path, arguments: &[String]) -> Self {
        let options = json!({ "binary": binary, "args": arguments });
        let wanted = Capabilities::from_iter([("webkitgtk:browserOptions".to_owned(), options)]);
        let mut builder = ClientBuilder::new(HttpConnector::new());
        builder.capabilities(wanted);
        let (mut driver, mut url) = spawn(desktop);
        let page = until("the driver has taken the window", async || {
            if driver.0.try_wait().expect("its state").is_some() {
                (driver, url) = spawn(desktop);
            }
            builder.connect(&url).await.ok()
        })
        .await;
        Driver { page, driver }
    }

    pub async fn find(&self, test_id: &str) -> Element {
        let selector = format!("[data-testid=\"{test_id}\"]");
        until(&format!("`{test_id}` is on the page"), async || self.page.find(Locator::Css(&selector)).await.ok()).await
    }

    /// Clicks it as soon as it can be clicked.
    pub async fn click(&self, test_id: &str) {
        let element = self.find(test_id).await;
        until(&format!("`{test_id}` can be clicked"), async || {
            element.is_enabled().await.ok().filter(|it| *it)?;
            element.click().await.ok()
        })
        .await;
    }

    /// Puts a text in place of what is there.
    ///
    /// # Panics
    /// When the page does not take it.
    pub async fn fill(&self, test_id: &str, text: &str) {
        let field = self.find(test_id).await;
        let selected = self.page.execute("arguments[0].focus(); arguments[0].select()", vec![as_argument(&field)]).await;
        selected.expect("a script");
        field.send_keys(&format!("{text}{ENTER}")).await.expect("keys");
    }

    /// Keys to what is in focus: `Alt` is held while the others are pressed.
    ///
    /// # Panics
    /// When the page does not take them.
    pub async fn press_with_alt(&self, test_id: &str, key: char) {
        let element = self.find(test_id).await;
        element.send_keys(&format!("{ALT}{key}")).await.expect("keys");
    }

    /// Picks what is labelled so.
    pub async fn pick(&self, label: &str) {
        let labelled = format!("//label[normalize-space()=\"{label}\"]");
        until(&format!("`{label}` can be picked"), async || {
            self.page.find(Locator::XPath(&labelled)).await.ok()?.click().await.ok()
        })
        .await;
    }

    pub async fn text(&self, test_id: &str) -> String {
        let element = self.find(test_id).await;
        element.text().await.unwrap_or_default()
    }
}

/// The driver takes no port 0, and ends at once where somebody else was given the port meanwhile.
fn spawn(desktop: &Desktop) -> (Running, String) {
    let address = TcpListener::bind("127.0.0.1:0").and_then(|it| it.local_addr()).expect("a free port");
    let driver = desktop
        .command("WebKitWebDriver")
        .arg(format!("--port={}", address.port()))
        .env("TAURI_WEBVIEW_AUTOMATION", "true")
        .env("NO_PROXY", "127.0.0.1,localhost")
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        // It leaves children behind; as a group they can be ended together.
        .process_group(0)
        .spawn()
        .expect("WebKitWebDriver is not installed: apt-get install webkit2gtk-driver");
    (Running(driver), format!("http://{address}"))
}

fn as_argument(element: &Element) -> serde_json::Value {
    serde_json::to_value(element).expect("an element")
}

impl Drop for Driver {
    fn drop(&mut self) {
        let group = format!("-{}", self.driver.0.id());
        let _ = Command::new("kill").args(["-KILL", "--", &group]).status();
    }
}
