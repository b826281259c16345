//! Matches the elements of a changed array with the old ones, so that those that stay keep their text and comments.

use std::cmp::Reverse;

use serde_json::Value;

use crate::value::same;

/// Returns for each new element the position of the old element it comes from, if any. No old element is used twice.
pub(crate) fn match_elements(old: &[Value], new: &[Value]) -> Vec<Option<usize>> {
    let start = old.iter().zip(new).take_while(|(a, b)| same(a, b)).count();
    let (old_rest, new_rest) = (&old[start..], &new[start..]);
    let end = old_rest.iter().rev().zip(new_rest.iter().rev()).take_while(|(a, b)| same(a, b)).count();
    let old_middle = &old_rest[..old_rest.len() - end];
    let new_middle = &new_rest[..new_rest.len() - end];

    let middle = if old_middle.len().saturating_mul(new_middle.len()) <= MOST_COMPARISONS {
        match_middle(old_middle, new_middle)
    } else {
        (0..new_middle.len()).map(|index| (index < old_middle.len()).then_some(index)).collect()
    };
    let shift = |position: usize| position + start;
    let ends = (old.len() - end..old.len()).map(Some);
    (0..start).map(Some).chain(middle.into_iter().map(|from| from.map(shift))).chain(ends).collect()
}

/// Above this, elements are matched by position, because comparing each with each would take too long.
const MOST_COMPARISONS: usize = 40_000;

fn match_middle(old: &[Value], new: &[Value]) -> Vec<Option<usize>> {
    let mut from = vec![None; new.len()];
    let mut taken = vec![false; old.len()];
    // Equal elements first; of several, the first old one.
    for (slot, element) in from.iter_mut().zip(new) {
        *slot = (0..old.len()).find(|&position| !taken[position] && same(&old[position], element));
        if let Some(position) = *slot {
            taken[position] = true;
        }
    }
    // Then those with the most in common, so that a changed object keeps its comments.
    for (index, (slot, element)) in from.iter_mut().zip(new).enumerate().filter(|(_, (slot, _))| slot.is_none()) {
        let best = (0..old.len())
            .filter(|&position| !taken[position])
            .map(|position| (common(&old[position], element), position == index, Reverse(position)))
            .filter(|&(common, same_position, _)| common > 0 || same_position)
            .max();
        if let Some((_, _, Reverse(position))) = best {
            *slot = Some(position);
            taken[position] = true;
        }
    }
    from
}

/// Returns how many members two objects, or elements two arrays, have in common.
fn common(old: &Value, new: &Value) -> usize {
    match (old, new) {
        (Value::Object(old), Value::Object(new)) => {
            old.iter().filter(|(key, value)| new.get(*key).is_some_and(|other| same(other, value))).count()
        }
        (Value::Array(old), Value::Array(new)) => old.iter().zip(new).filter(|(a, b)| same(a, b)).count(),
        _ => 0,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[track_caller]
    fn check(old: &Value, new: &Value, expected: &[Option<usize>]) {
        let (Some(old), Some(new)) = (old.as_array(), new.as_array()) else { panic!("arrays") };
        assert_eq!(match_elements(old, new), expected);
    }

    #[test]
    fn equal_elements_are_matched() {
        check(&json!([1, 2, 3]), &json!([1, 3]), &[Some(0), Some(2)]);
        check(&json!([1, 2, 3]), &json!([3, 1, 2]), &[Some(2), Some(0), Some(1)]);
        check(&json!([1, 2]), &json!([1, 9, 2]), &[Some(0), None, Some(1)]);
        check(&json!([1, 1]), &json!([1, 1, 1]), &[Some(0), Some(1), None]);
        check(&json!([]), &json!([1]), &[None]);
    }

    #[test]
    fn a_changed_scalar_keeps_its_position() {
        check(&json!(["a", "b"]), &json!(["a", "c"]), &[Some(0), Some(1)]);
    }

    #[test]
    fn a_changed_object_is_matched_by_the_members_it_kept() {
        let old = json!([{"id": "a", "x": 1}, {"id": "b", "x": 1, "y": 2}]);
        check(&old, &json!([{"id": "b", "x": 5, "y": 2}]), &[Some(1)]);
    }

    #[test]
    fn large_arrays_with_nothing_in_common_are_matched_by_position() {
        let old: Vec<Value> = (0..1000).map(Value::from).collect();
        let new: Vec<Value> = (5000..6001).map(Value::from).collect();
        let from = match_elements(&old, &new);
        assert_eq!((from[0], from[999], from[1000]), (Some(0), Some(999), None));
    }
}
