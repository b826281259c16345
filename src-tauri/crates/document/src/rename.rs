//! Gives a member another key: in its place, with its value and its comments. Taking it out and putting it in again would lose both.

use crate::{
    Document, EditError, Path, Segment,
    edit::only_differs,
    style::{Style, is_plain_name, quote_of},
    tree::Node,
};

impl Document {
    /// The document with the member at `at` called `to`. A key with quotes keeps them; one without gets them only if it must.
    pub fn rename(&self, at: &Path, to: &str) -> Result<Document, EditError> {
        let unsupported = |reason: &str| EditError::Unsupported { at: at.clone(), reason: reason.to_owned() };
        let (Some(holder), Some(Segment::Key(from))) = (at.parent(), at.last()) else {
            return Err(unsupported("only a member has a name"));
        };
        if from == to {
            return Ok(self.clone());
        }
        let source = self.source();
        let chain = source.walk(&holder);
        let object = chain.get(holder.segments().len()).ok_or_else(|| unsupported("it is not there"))?;
        let items = source.items(object);
        if items.iter().any(|item| item.is_named(to, &self.text)) {
            return Err(unsupported(&format!("there is a member called {to} already")));
        }
        // Of a key written twice, both: the one that did not count must not come to count.
        let keys = items.iter().filter(|item| item.is_named(from, &self.text)).filter_map(|item| item.key());
        let style = Style::of(&chain, source);
        let splices: Vec<_> = keys
            .map(|span| {
                let written = match quote_of(source.get(&span)) {
                    Some(quote) => Style::quoted(to, quote),
                    None if is_plain_name(to) => to.to_owned(),
                    None => style.quoted_key(to),
                };
                (span, written)
            })
            .collect();
        if splices.is_empty() {
            return Err(unsupported("it is not there"));
        }
        let broken = |reason: String| EditError::Broken { at: at.clone(), reason };
        let renamed = self.spliced(&holder, splices).map_err(broken)?;
        let is_renamed = |old: Option<&Node>, new: Option<&Node>| {
            let (source, after) = (self.source(), renamed.source());
            let Some((old, new)) = old.zip(new) else { return false };
            let (items, after_items) = (source.items(old), after.items(new));
            items.len() == after_items.len()
                && items.iter().zip(after_items).all(|(item, it)| {
                    let is_it = item.is_named(from, source.text) && it.is_named(to, after.text);
                    (is_it && source.same(&item.node, after, &it.node)) || source.same_item(item, after, it)
                })
        };
        if only_differs(self, &renamed, &holder, false, &is_renamed) {
            Ok(renamed)
        } else {
            Err(broken("other values would change too".into()))
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::{Document, Path};

    #[track_caller]
    fn check(given: &str, at: &[&str], to: &str, produces: &str) {
        let at: Path = at.iter().copied().collect();
        let renamed = Document::parse(given).expect("parses").rename(&at, to);
        assert_eq!(renamed.map(|it| it.text().to_owned()).unwrap_or_else(|it| it.to_string()), produces);
    }

    #[test]
    fn the_key_and_nothing_else() {
        check("{ /* a */ b /* c */ : 1, // d\n}", &["b"], "e", "{ /* a */ e /* c */ : 1, // d\n}");
        check("{ 'a/b': { c: 1 } }", &["a/b"], "x/y", "{ 'x/y': { c: 1 } }");
        check("{ \"a\": 1 }", &["a"], "say \"b\"", "{ \"say \\\"b\\\"\": 1 }");
        check("{ a: 1, b: 'x' }", &["a"], "a b", "{ 'a b': 1, b: 'x' }");
        check("{ a: { b: 1 }, b: 2 }", &["a", "b"], "c", "{ a: { c: 1 }, b: 2 }");
        check("{ a: 1, a: 2 }", &["a"], "b", "{ b: 1, b: 2 }");
        check("{ a: 1 }", &["a"], "a", "{ a: 1 }");
    }

    #[test]
    fn refusals() {
        check("{ a: 1, b: 2 }", &["a"], "b", "cannot edit a: there is a member called b already");
        check("{ a: 1 }", &["c"], "b", "cannot edit c: it is not there");
        check("{ a: 1 }", &["a", "c"], "b", "cannot edit a.c: it is not there");
        check("{ a: 1 }", &[], "b", "cannot edit <root>: only a member has a name");
    }
}
