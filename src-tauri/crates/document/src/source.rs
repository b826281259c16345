//! A text with its tree, and what can be asked of the two together: what is at a path, what a value means.

use serde_json::Value;

use crate::{
    Path, Segment,
    number::same,
    parse::scalar,
    tree::{Comment, Item, Kind, Node, Span, Tree},
};

#[derive(Clone, Copy, Debug)]
pub(crate) struct Source<'a> {
    pub text: &'a str,
    pub tree: &'a Tree,
}

impl<'a> Source<'a> {
    pub fn get(&self, span: &Span) -> &'a str {
        &self.text[span.clone()]
    }

    pub fn items(&self, node: &Node) -> &'a [Item] {
        self.tree.items(node)
    }

    pub fn comments_in(&self, span: &Span) -> &'a [Comment] {
        let comments = &self.tree.comments;
        let from = comments.partition_point(|comment| comment.span.start < span.start);
        let count = comments[from..].partition_point(|comment| comment.span.end <= span.end);
        &comments[from..from + count]
    }

    /// The item that counts at this place, and its position among the items.
    pub fn item(&self, node: &Node, segment: &Segment) -> Option<(usize, &'a Item)> {
        match (segment, node.kind) {
            (Segment::Key(name), _) => self.member(node, name),
            (Segment::Index(index), Kind::Array) => Some((*index, self.items(node).get(*index)?)),
            _ => None,
        }
    }

    pub fn member(&self, node: &Node, name: &str) -> Option<(usize, &'a Item)> {
        let items = if node.kind == Kind::Object { self.items(node) } else { &[] };
        let position = items.iter().rposition(|item| item.is_named(name, self.text))?;
        Some((position, &items[position]))
    }

    /// The chain of nodes from the root down along the path, as far as it exists; the root is the first.
    pub fn walk(&self, at: &Path) -> Vec<&'a Node> {
        let mut chain = vec![&self.tree.root];
        let mut node = &self.tree.root;
        for segment in at.segments() {
            let Some((_, item)) = self.item(node, segment) else { break };
            node = &item.node;
            chain.push(node);
        }
        chain
    }

    /// What is written here. The depth of a node is limited, so this may recurse.
    pub fn value(&self, node: &Node) -> Value {
        let items = self.items(node).iter();
        match node.kind {
            Kind::Scalar => scalar(self.get(&node.span())).unwrap_or_default(),
            Kind::Array => items.map(|item| self.value(&item.node)).collect(),
            Kind::Object => {
                let named = items.filter_map(|item| Some((item.name(self.text)?.into_owned(), self.value(&item.node))));
                Value::Object(named.collect())
            }
        }
    }

    /// Whether a node means a value.
    pub fn means(&self, node: &Node, value: &Value) -> bool {
        same(&self.value(node), value)
    }

    /// Whether a node means the same as one of another text, member by member in the same order.
    pub fn same(&self, node: &Node, other: Source, other_node: &Node) -> bool {
        let (written, other_written) = (self.get(&node.span()), other.get(&other_node.span()));
        match node.kind {
            _ if node.kind != other_node.kind => false,
            _ if written == other_written => true,
            Kind::Scalar => scalar(written) == scalar(other_written),
            _ => {
                let (items, other_items) = (self.items(node), other.items(other_node));
                items.len() == other_items.len()
                    && items.iter().zip(other_items).all(|(item, it)| self.same_item(item, other, it))
            }
        }
    }

    /// Whether key and value mean the same as those of an item of another text.
    pub fn same_item(&self, item: &Item, other: Source, other_item: &Item) -> bool {
        item.name(self.text) == other_item.name(other.text) && self.same(&item.node, other, &other_item.node)
    }
}
