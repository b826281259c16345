//! The real window, driven as a person would: what is changed on a page ends up in the file, and nothing else does.

use tests::desktop::app::Setup;
use tests::desktop::driver::{ARROW_UP, Driver};
use tests::desktop::{Desktop, on_desktop, until};
use tests::fake_box::FakeBox;

const CONFIG: &str = r#"// Written by hand; keep it that way.
{
  models: {
    mode: "merge", // hosted models stay available
    providers: {
      box_1: {
        baseUrl: "BASE_URL", /* the old tower */
        apiKey: "none",
        api: 'openai-completions',
        timeoutSeconds: 300,
        models: [
          // as much as fits the card
          { id: "gemma", name: "Gemma", contextWindow: 196608, maxTokens: 4096, }, // trailing comma, on purpose
        ],
      },
    },
  },
  agents: { defaults: { model: { primary: "box_1/gemma" }, models: { "box_1/gemma": { alias: "Local" } } } },
}
"#;

#[test]
fn a_context_is_changed_reviewed_and_saved_as_one_line() {
    on_desktop("a_context_is_changed_reviewed_and_saved_as_one_line", async || {
        let server = FakeBox::start("gemma").await;
        let desktop = Desktop::start().await;
        let before = CONFIG.replace("BASE_URL", &server.base_url());
        let setup = Setup::new(&desktop, &before);
        let mut arguments = setup.arguments();
        arguments.extend(["--show", "--interval", "3600"].map(str::to_owned));
        let window = Driver::start(&desktop, &arguments).await;

        window.click("nav-models").await;
        window.fill("context-box_1/gemma", "32,768").await;
        window.click("review").await;
        assert_eq!(std::fs::read_to_string(&setup.config).expect("the config"), before, "nothing is written before the save");
        window.click("save").await;
        until("the window says that it was saved", async || window.text("toast").await.contains("Saved").then_some(())).await;

        let after = std::fs::read_to_string(&setup.config).expect("the config");
        assert_eq!(after, before.replace("contextWindow: 196608,", "contextWindow: 32768,"));
    });
}

#[test]
fn a_model_is_renamed_wherever_it_is_named_and_a_backup_brings_it_back() {
    on_desktop("a_model_is_renamed_wherever_it_is_named_and_a_backup_brings_it_back", async || {
        let server = FakeBox::start("gemma").await;
        let desktop = Desktop::start().await;
        let before = CONFIG.replace("BASE_URL", &server.base_url());
        let setup = Setup::new(&desktop, &before);
        let mut arguments = setup.arguments();
        arguments.extend(["--show", "--interval", "3600"].map(str::to_owned));
        let window = Driver::start(&desktop, &arguments).await;
        let file = || std::fs::read_to_string(&setup.config).expect("the config");

        window.click("nav-models").await;
        window.click("more-box_1/gemma").await;
        window.fill("id-box_1/gemma", "gemma-2").await;
        window.click("review").await;
        window.click("save").await;
        let renamed = before.replace("id: \"gemma\"", "id: \"gemma-2\"").replace("\"box_1/gemma\"", "\"box_1/gemma-2\"");
        until("the new id, wherever it is named", async || (file() == renamed).then_some(())).await;

        window.click("nav-backups").await;
        window.click("restore").await;
        until("the text before", async || (file() == before).then_some(())).await;
    });
}

#[test]
fn a_route_is_reordered_by_keyboard() {
    on_desktop("a_route_is_reordered_by_keyboard", async || {
        let server = FakeBox::start("gemma").await;
        let desktop = Desktop::start().await;
        let chain =
            |first: &str, second: &str| format!("primary: \"box_1/gemma\", fallbacks: [ '{first}', '{second}' ] /* hosted */");
        let (opus, sonnet) = ("anthropic/claude-opus-4-6", "anthropic/claude-sonnet-4-6");
        let before = CONFIG.replace("BASE_URL", &server.base_url()).replace("primary: \"box_1/gemma\"", &chain(opus, sonnet));
        let setup = Setup::new(&desktop, &before);
        let mut arguments = setup.arguments();
        arguments.extend(["--show", "--interval", "3600"].map(str::to_owned));
        let window = Driver::start(&desktop, &arguments).await;

        window.click("nav-route").await;
        window.press_with_alt(&format!("move-{sonnet}"), ARROW_UP).await;
        window.click("review").await;
        window.click("save").await;
        let after = before.replace(&chain(opus, sonnet), &chain(sonnet, opus));
        let file = || std::fs::read_to_string(&setup.config).expect("the config");
        until("the other order", async || (file() == after).then_some(())).await;
    });
}

#[test]
fn a_provider_comes_from_a_template() {
    on_desktop("a_provider_comes_from_a_template", async || {
        let server = FakeBox::start("gemma").await;
        let desktop = Desktop::start().await;
        let before = CONFIG.replace("BASE_URL", &server.base_url());
        let setup = Setup::new(&desktop, &before);
        let mut arguments = setup.arguments();
        arguments.extend(["--show", "--interval", "3600"].map(str::to_owned));
        let window = Driver::start(&desktop, &arguments).await;

        window.click("nav-providers").await;
        window.click("add-provider").await;
        window.click("template-vllm").await;
        window.click("take-provider").await;
        window.click("review").await;
        window.click("save").await;
        until("the window says that it was saved", async || window.text("toast").await.contains("Saved").then_some(())).await;

        let after = std::fs::read_to_string(&setup.config).expect("the config");
        let mut lines = after.lines();
        assert!(before.lines().all(|it| lines.any(|line| line == it)), "each line is there still, in its order: {after}");
        let read: serde_json::Value = json5::from_str(&after).expect("JSON5");
        assert_eq!(read["models"]["providers"]["vllm"]["baseUrl"], "http://127.0.0.1:8000/v1");
    });
}

#[test]
fn two_who_change_the_same_setting_are_asked_about_it() {
    on_desktop("two_who_change_the_same_setting_are_asked_about_it", async || {
        let server = FakeBox::start("gemma").await;
        let desktop = Desktop::start().await;
        let config = |context: &str| CONFIG.replace("BASE_URL", &server.base_url()).replace("196608", context);
        let setup = Setup::new(&desktop, &config("196608"));
        let mut arguments = setup.arguments();
        arguments.extend(["--show", "--interval", "3600"].map(str::to_owned));
        let window = Driver::start(&desktop, &arguments).await;
        let file = || std::fs::read_to_string(&setup.config).expect("the config");

        window.click("nav-models").await;
        window.fill("context-box_1/gemma", "32,768").await;
        window.find("review").await;
        std::fs::write(&setup.config, config("65536")).expect("their change");
        window.click("review").await;
        window.pick("Use mine").await;
        assert_eq!(file(), config("65536"), "nothing is written before it is settled");
        window.click("settle").await;
        window.click("save").await;
        until("mine in the file", async || (file() == config("32768")).then_some(())).await;
    });
}

#[test]
fn the_page_can_neither_leave_nor_load_anything_foreign() {
    on_desktop("the_page_can_neither_leave_nor_load_anything_foreign", async || {
        let server = FakeBox::start("gemma").await;
        let desktop = Desktop::start().await;
        let setup = Setup::new(&desktop, &CONFIG.replace("BASE_URL", &server.base_url()));
        let mut arguments = setup.arguments();
        arguments.extend(["--show", "--interval", "3600"].map(str::to_owned));
        let window = Driver::start(&desktop, &arguments).await;
        window.find("nav-models").await;

        let asked = server.asked().len();
        let foreign = format!("{}/models", server.base_url());
        let fetched = window
            .page
            .execute_async(
                "const [url, done] = arguments; fetch(url, { mode: 'no-cors' }).then(() => done('fetched'), () => done('refused'))",
                vec![foreign.clone().into()],
            )
            .await
            .expect("a script");
        assert_eq!(fetched, "refused");
        window.page.execute("location.href = arguments[0]", vec![foreign.into()]).await.expect("a script");
        let here = window.page.current_url().await.expect("the address");
        assert_eq!(here.scheme(), "tauri", "{here}");
        window.find("nav-models").await;
        assert_eq!(server.asked().len(), asked, "nothing of the page has reached the server");
    });
}
