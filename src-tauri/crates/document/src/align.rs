//! Which old element becomes which new one, so that an array can be changed without touching what stays.

use std::cmp::Reverse;

use serde_json::Value;

use crate::number::same;

/// For each new element the position of the old one it is made from, if any. No old one is used twice.
pub(crate) fn align(old: &[Value], new: &[Value]) -> Vec<Option<usize>> {
    let start = old.iter().zip(new).take_while(|(a, b)| same(a, b)).count();
    let (old_rest, new_rest) = (&old[start..], &new[start..]);
    let end = old_rest.iter().rev().zip(new_rest.iter().rev()).take_while(|(a, b)| same(a, b)).count();
    let old_middle = &old_rest[..old_rest.len() - end];
    let new_middle = &new_rest[..new_rest.len() - end];

    let middle = if old_middle.len().saturating_mul(new_middle.len()) <= MOST_COMPARISONS {
        align_middle(old_middle, new_middle)
    } else {
        (0..new_middle.len()).map(|at| (at < old_middle.len()).then_some(at)).collect()
    };
    let shift = |at: usize| at + start;
    let ends = (old.len() - end..old.len()).map(Some);
    (0..start).map(Some).chain(middle.into_iter().map(|from| from.map(shift))).chain(ends).collect()
}

/// Beyond it, elements are matched by position: an array this different has no comments worth the time.
const MOST_COMPARISONS: usize = 40_000;

fn align_middle(old: &[Value], new: &[Value]) -> Vec<Option<usize>> {
    let mut from = vec![None; new.len()];
    let mut taken = vec![false; old.len()];
    // Equal ones first, in the order of the old array where there are several.
    for (slot, element) in from.iter_mut().zip(new) {
        *slot = (0..old.len()).find(|&position| !taken[position] && same(&old[position], element));
        if let Some(position) = *slot {
            taken[position] = true;
        }
    }
    // Then containers with the most in common: a changed one keeps its place and its comments.
    for (at, (slot, element)) in from.iter_mut().zip(new).enumerate().filter(|(_, (slot, _))| slot.is_none()) {
        let best = (0..old.len())
            .filter(|&position| !taken[position])
            .map(|position| (likeness(&old[position], element), position == at, Reverse(position)))
            .filter(|&(likeness, same_place, _)| likeness > 0 || same_place)
            .max();
        if let Some((_, _, Reverse(position))) = best {
            *slot = Some(position);
            taken[position] = true;
        }
    }
    from
}

/// How many members two objects, or elements two arrays, have in common.
fn likeness(old: &Value, new: &Value) -> usize {
    match (old, new) {
        (Value::Object(old), Value::Object(new)) => {
            old.iter().filter(|(key, value)| new.get(*key).is_some_and(|it| same(it, value))).count()
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
        assert_eq!(align(old, new), expected);
    }

    #[test]
    fn equal_elements_are_found_again() {
        check(&json!([1, 2, 3]), &json!([1, 3]), &[Some(0), Some(2)]);
        check(&json!([1, 2, 3]), &json!([3, 1, 2]), &[Some(2), Some(0), Some(1)]);
        check(&json!([1, 2]), &json!([1, 9, 2]), &[Some(0), None, Some(1)]);
        check(&json!([1, 1]), &json!([1, 1, 1]), &[Some(0), Some(1), None]);
        check(&json!([]), &json!([1]), &[None]);
    }

    #[test]
    fn a_changed_scalar_keeps_its_place() {
        check(&json!(["a", "b"]), &json!(["a", "c"]), &[Some(0), Some(1)]);
    }

    #[test]
    fn a_changed_object_is_known_by_what_it_kept() {
        let old = json!([{"id": "a", "x": 1}, {"id": "b", "x": 1, "y": 2}]);
        check(&old, &json!([{"id": "b", "x": 5, "y": 2}]), &[Some(1)]);
    }

    #[test]
    fn arrays_with_nothing_in_common_are_matched_by_place() {
        let old: Vec<Value> = (0..1000).map(Value::from).collect();
        let new: Vec<Value> = (5000..6001).map(Value::from).collect();
        let from = align(&old, &new);
        assert_eq!((from[0], from[999], from[1000]), (Some(0), Some(999), None));
    }
}
