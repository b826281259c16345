//! Renames members: each stays in its place, with its value and its comments.

use crate::document::Document;
use crate::edit::set;
use crate::error::EditError;
use crate::path::{Path, Segment};
use crate::splice::Splice;
use crate::style::{Style, is_plain_name, quote_of, quoted};

impl Document {
    /// Renames members: each at its path gets the new name. No path may lead through another one.
    ///
    /// A key in quotes keeps them; one without gets them only if it must.
    ///
    /// # Errors
    /// When there is no such member, or its object has a member of the new name already.
    pub fn rename(&self, renames: &[(Path, String)]) -> Result<Document, EditError> {
        let mut splices = vec![];
        let mut meant = self.value();
        let mut renamed: Vec<Path> = vec![];
        for (at, to) in renames {
            let unsupported = |reason: String| EditError::Unsupported { at: at.clone(), reason };
            let (Some(holder), Some(Segment::Key(from))) = (at.parent(), at.last()) else {
                return Err(unsupported("only a member of an object has a name".to_owned()));
            };
            if from == to {
                continue;
            }
            let Some(value) = self.get(at) else { return Err(unsupported("it does not exist".to_owned())) };
            let new = holder.child(to);
            if self.get(&new).is_some() || renamed.contains(&new) {
                return Err(unsupported(format!("there is already a member called {to}")));
            }
            splices.extend(self.rename_splices(&holder, from, to));
            set(&mut meant, at.segments(), None);
            set(&mut meant, new.segments(), Some(&value.value()));
            renamed.push(new);
        }
        let Some(first) = renamed.first() else { return Ok(self.clone()) };
        let document = self.spliced(first, splices)?;
        document.check(first, &meant)?;
        Ok(document)
    }

    /// Returns the splices for every member of a name, so that no overridden one comes to count.
    fn rename_splices(&self, holder: &Path, from: &str, to: &str) -> Vec<Splice> {
        let chain = self.chain(holder);
        let members = chain.last().map_or(&[][..], |object| object.members());
        let keys = members.iter().filter(|member| member.is_named(from)).filter_map(|member| member.key.as_ref());
        let splices = keys.map(|key| {
            let written = match quote_of(self.slice(&key.span)) {
                Some(quote) => quoted(to, quote),
                None if is_plain_name(to) => to.to_owned(),
                None => Style::of(&chain, self).quoted_key(to),
            };
            (key.span.clone(), written)
        });
        splices.collect()
    }
}

#[cfg(test)]
mod tests {
    use crate::{Document, Path, path};

    #[track_caller]
    fn check(given: &str, at: &[&str], to: &str, produces: &str) {
        check_all(given, &[(at.iter().copied().collect(), to.to_owned())], produces);
    }

    #[track_caller]
    fn check_all(given: &str, renames: &[(Path, String)], produces: &str) {
        let renamed = Document::parse(given).expect("parses").rename(renames);
        assert_eq!(renamed.map(|document| document.text().to_owned()).unwrap_or_else(|error| error.to_string()), produces);
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
    fn several_at_once() {
        let renames = [(path!["a"], "x".to_owned()), (path!["l", 0, "b"], "y".to_owned()), (path!["c"], "c".to_owned())];
        check_all("{ a: 1, l: [{ b: 2 }], c: 3 }", &renames, "{ x: 1, l: [{ y: 2 }], c: 3 }");
        check_all("{ a: 1 }", &[], "{ a: 1 }");
        let refused = "b cannot be changed: there is already a member called x";
        check_all("{ a: 1, b: 2 }", &[(path!["a"], "x".to_owned()), (path!["b"], "x".to_owned())], refused);
    }

    #[test]
    fn refusals() {
        check("{ a: 1, b: 2 }", &["a"], "b", "a cannot be changed: there is already a member called b");
        check("{ a: 1 }", &["c"], "b", "c cannot be changed: it does not exist");
        check("{ a: 1 }", &["a", "c"], "b", "a.c cannot be changed: it does not exist");
        check("{ a: 1 }", &[], "b", "<root> cannot be changed: only a member of an object has a name");
    }
}
