//! Renames members: each stays in its place, with its value and its comments.

use crate::document::Document;
use crate::edit::set;
use crate::error::EditError;
use crate::path::{Path, Segment};
use crate::splice::Splice;
use crate::style::{Style, is_plain_name, quote_of, quoted};
use crate::value_ref::ValueRef;

impl Document {
    /// Renames the member at `at` to `to`. A key in quotes keeps them; one without gets them only if it must.
    ///
    /// # Errors
    /// When there is no such member, or the object has a member called `to` already.
    pub fn rename(&self, at: &Path, to: &str) -> Result<Document, EditError> {
        let unsupported = |reason: String| EditError::Unsupported { at: at.clone(), reason };
        let (Some(holder), Some(Segment::Key(from))) = (at.parent(), at.last()) else {
            return Err(unsupported("only a member of an object has a name".to_owned()));
        };
        if from == to {
            return Ok(self.clone());
        }
        let Some(value) = self.get(at).map(ValueRef::value) else { return Err(unsupported("it does not exist".to_owned())) };
        let renamed = holder.child(to);
        if self.get(&renamed).is_some() {
            return Err(unsupported(format!("there is already a member called {to}")));
        }
        let chain = self.chain(&holder);
        let style = Style::of(&chain, self);
        let members = chain.last().map_or(&[][..], |object| object.members());
        // Every member of the key, so that no overridden one comes to count.
        let keys = members.iter().filter(|member| member.is_named(from)).filter_map(|member| member.key.as_ref());
        let splices: Vec<Splice> = keys
            .map(|key| {
                let written = match quote_of(self.slice(&key.span)) {
                    Some(quote) => quoted(to, quote),
                    None if is_plain_name(to) => to.to_owned(),
                    None => style.quoted_key(to),
                };
                (key.span.clone(), written)
            })
            .collect();
        let document = self.spliced(at, splices)?;
        let mut meant = self.value();
        set(&mut meant, at.segments(), None);
        set(&mut meant, renamed.segments(), Some(&value));
        document.check(at, &meant)?;
        Ok(document)
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
        check("{ a: 1, b: 2 }", &["a"], "b", "a cannot be changed: there is already a member called b");
        check("{ a: 1 }", &["c"], "b", "c cannot be changed: it does not exist");
        check("{ a: 1 }", &["a", "c"], "b", "a.c cannot be changed: it does not exist");
        check("{ a: 1 }", &[], "b", "<root> cannot be changed: only a member of an object has a name");
    }
}
