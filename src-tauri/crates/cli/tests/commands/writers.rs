//! Several at once: no edit is lost.

use crate::desk::{CONFIG, Desk};

#[test]
fn of_many_at_once_none_is_lost() {
    const EACH: usize = 20;
    let desk = Desk::with(CONFIG);
    std::thread::scope(|scope| {
        for writer in 0..4 {
            let desk = &desk;
            scope.spawn(move || {
                for n in 0..EACH {
                    let said = desk.run(&format!("models add box/w{writer}-{n} --name N"));
                    assert_eq!(said.code, 0, "{said:?}");
                }
            });
        }
    });
    let models = desk.run("providers list --json").json()[0]["models"].as_array().map(Vec::len);
    assert_eq!(models, Some(1 + 4 * EACH));
    assert!(desk.text().contains("}, // as loaded\n"));
}
