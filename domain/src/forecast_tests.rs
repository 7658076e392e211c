use proptest::prelude::*;

use super::*;
use crate::ActionStatus::*;

/// Days are counted from here, so that a case reads as arithmetic.
fn on(n: u64) -> NaiveDate {
    "2018-01-01".parse::<NaiveDate>().unwrap() + Days::new(n)
}

fn open(id: u32, start: Option<u64>, due: Option<u64>) -> Node<u32> {
    Node { id, status: InProgress, finished_on: None, start_on: start.map(on), due_on: due.map(on) }
}

fn done(id: u32, due: u64, finished: u64) -> Node<u32> {
    Node { status: Complete, finished_on: Some(on(finished)), ..open(id, None, Some(due)) }
}

fn edge(action: u32, depends_on: u32) -> Edge<u32> {
    Edge { action, depends_on }
}

fn forecast(nodes: &[Node<u32>], edges: &[Edge<u32>], today: u64) -> Forecast<u32> {
    Forecast::new(nodes, edges, on(today)).unwrap()
}

#[test]
fn alone_it_is_due_when_it_is_due_and_today_once_that_is_past() {
    assert_eq!(forecast(&[open(1, None, Some(50))], &[], 10).on(1), Some(on(50)));
    assert_eq!(forecast(&[open(1, None, Some(50))], &[], 60).on(1), Some(on(60)));
    assert_eq!(forecast(&[open(1, None, None)], &[], 60).on(1), None);
    assert_eq!(forecast(&[open(1, None, None)], &[], 60).on(2), None, "not given");
}

#[test]
fn what_is_finished_was_finished_on_its_day_and_what_was_given_up_has_none() {
    assert_eq!(forecast(&[done(1, 50, 40)], &[], 60).on(1), Some(on(40)));
    let withdrawn = Node { status: Withdrawn, ..open(1, None, Some(50)) };
    let nodes = [withdrawn, open(2, None, Some(70))];
    let forecast = forecast(&nodes, &[edge(2, 1)], 60);
    assert_eq!((forecast.on(1), forecast.on(2)), (None, Some(on(70))));
}

#[test]
fn a_slip_moves_what_waits_for_it_by_the_time_it_still_needs() {
    // 1 was due on day 20; 2 was given days 20 to 50, so 30 days after 1 is finished.
    let nodes = [open(1, None, Some(20)), open(2, Some(0), Some(50)), open(3, Some(50), Some(60))];
    let edges = [edge(2, 1), edge(3, 2)];
    let slipped = forecast(&nodes, &edges, 25);
    assert_eq!([slipped.on(1), slipped.on(2), slipped.on(3)], [Some(on(25)), Some(on(55)), Some(on(65))]);
    assert_eq!(slipped.critical_path(), [1, 2, 3]);
}

#[test]
fn time_in_hand_takes_up_the_slip() {
    let nodes = [open(1, None, Some(20)), open(2, Some(40), Some(50))];
    let slipped = forecast(&nodes, &[edge(2, 1)], 25);
    assert_eq!(slipped.on(2), Some(on(50)));
    assert_eq!(slipped.critical_path(), [2], "1 does not decide when 2 is finished");
}

#[test]
fn a_dependency_that_is_planned_to_end_later_carries_its_own_date() {
    let nodes = [open(1, None, Some(80)), open(2, None, Some(50))];
    assert_eq!(forecast(&nodes, &[edge(2, 1)], 0).on(2), Some(on(80)));
}

#[test]
fn without_a_due_date_it_cannot_be_finished_before_what_it_waits_for() {
    let nodes = [open(1, None, Some(20)), open(2, None, None)];
    assert_eq!(forecast(&nodes, &[edge(2, 1)], 0).on(2), Some(on(20)));
    let nodes = [done(1, 20, 10), open(2, None, None)];
    assert_eq!(forecast(&nodes, &[edge(2, 1)], 30).on(2), Some(on(30)), "never in the past");
}

#[test]
fn a_circle_is_named() {
    let nodes = [open(1, None, None), open(2, None, None), open(3, None, None), open(4, None, None)];
    let edges = [edge(4, 1), edge(1, 2), edge(2, 3), edge(3, 1)];
    let mut cycle = Forecast::new(&nodes, &edges, on(0)).unwrap_err();
    cycle.members.sort_unstable();
    assert_eq!(cycle.members, [1, 2, 3]);
    let itself = Forecast::new(&nodes, &[edge(2, 2)], on(0)).unwrap_err();
    assert_eq!(itself.members, [2]);
    assert_eq!(itself.to_string(), "actions wait for each other in a circle: [2]");
}

#[test]
fn the_critical_path_of_nothing_is_empty() {
    assert_eq!(forecast(&[], &[], 0).critical_path(), [0; 0]);
    assert_eq!(forecast(&[done(1, 50, 40)], &[], 0).critical_path(), [0; 0]);
}

type Graph = (Vec<Node<u32>>, Vec<Edge<u32>>);

fn any_node() -> impl Strategy<Value = Node<u32>> {
    let status = prop::sample::select(ActionStatus::ALL);
    (status, 0u64..300, 0u64..300, prop::option::of(0u64..300)).prop_map(|(status, finished, due, start)| {
        Node { status, finished_on: status.is_finished().then(|| on(finished)), ..open(0, start, Some(due)) }
    })
}

/// Edges point to earlier nodes only, so there is no circle.
fn any_graph() -> impl Strategy<Value = Graph> {
    let edges = prop::collection::vec((0u32..12, 0u32..12), 0..30);
    (prop::collection::vec(any_node(), 1..12), edges).prop_map(|(mut nodes, pairs)| {
        for (id, node) in (0..).zip(&mut nodes) {
            node.id = id;
        }
        let pairs = pairs.into_iter().filter(|(a, b)| a != b);
        (nodes, pairs.map(|(a, b)| edge(a.max(b), a.min(b))).collect())
    })
}

proptest! {
    #[test]
    fn it_is_never_before_the_due_date_nor_in_the_past((nodes, edges) in any_graph(), today in 0u64..300) {
        let forecast = forecast(&nodes, &edges, today);
        for node in nodes.iter().filter(|node| node.status.is_open()) {
            prop_assert!(forecast.on(node.id) >= node.due_on.max(Some(on(today))));
        }
    }

    #[test]
    fn it_is_never_before_what_it_waits_for((nodes, edges) in any_graph(), today in 0u64..300) {
        let forecast = forecast(&nodes, &edges, today);
        for edge in edges.iter().filter(|e| nodes.iter().any(|n| n.id == e.action && n.status.is_open())) {
            prop_assert!(forecast.on(edge.action) >= forecast.on(edge.depends_on));
        }
    }

    #[test]
    fn dependencies_on_time_do_not_move_it((nodes, edges) in any_graph()) {
        // On day 0 nothing is overdue; what is finished was finished by its due date; nothing ends before what it waits for.
        let mut nodes = nodes;
        for at in 0..nodes.len() {
            nodes[at].finished_on = nodes[at].finished_on.min(nodes[at].due_on);
            let waits_for = edges.iter().filter(|e| e.action == nodes[at].id);
            let due_on = waits_for.filter_map(|e| nodes.get(e.depends_on as usize)?.due_on).max();
            nodes[at].due_on = nodes[at].due_on.max(due_on);
        }
        let forecast = forecast(&nodes, &edges, 0);
        for node in nodes.iter().filter(|node| node.status.is_open()) {
            prop_assert_eq!(forecast.on(node.id), node.due_on);
        }
    }

    #[test]
    fn a_slip_never_brings_anything_forward((nodes, edges) in any_graph(), today in 0u64..300, slip in 0u64..100, which in any::<prop::sample::Index>()) {
        let before = forecast(&nodes, &edges, today);
        let later = forecast(&nodes, &edges, today + slip);
        let mut slipped = nodes.clone();
        let node = &mut slipped[which.index(nodes.len())];
        node.finished_on = node.finished_on.map(|day| day + Days::new(slip));
        let slipped = forecast(&slipped, &edges, today);
        for node in &nodes {
            prop_assert!(later.on(node.id) >= before.on(node.id));
            prop_assert!(slipped.on(node.id) >= before.on(node.id));
        }
    }

    #[test]
    fn the_critical_path_runs_along_dependencies_to_the_latest_forecast((nodes, edges) in any_graph(), today in 0u64..300) {
        let forecast = forecast(&nodes, &edges, today);
        let path = forecast.critical_path();
        let open: Vec<_> = nodes.iter().filter(|node| node.status.is_open()).collect();
        prop_assert_eq!(path.is_empty(), open.is_empty());
        let latest = open.iter().filter_map(|node| forecast.on(node.id)).max();
        prop_assert_eq!(path.last().and_then(|id| forecast.on(*id)), latest);
        for pair in path.windows(2) {
            prop_assert!(edges.contains(&edge(pair[1], pair[0])));
        }
    }

    #[test]
    fn any_edges_end_in_dates_or_in_a_real_circle(pairs in prop::collection::vec((0u32..6, 0u32..6), 0..15)) {
        let nodes: Vec<_> = (0..6).map(|id| open(id, None, Some(10))).collect();
        let edges: Vec<_> = pairs.into_iter().map(|(a, b)| edge(a, b)).collect();
        if let Err(Cycle { members }) = Forecast::new(&nodes, &edges, on(0)) {
            for (at, member) in members.iter().enumerate() {
                let next = members[(at + 1) % members.len()];
                prop_assert!(edges.contains(&edge(*member, next)));
            }
        }
    }
}

#[test]
fn a_circle_among_dependencies_is_named_and_a_chain_is_none() {
    let edge = |action, depends_on| Edge { action, depends_on };
    assert_eq!(circle(&[edge("a", "b"), edge("b", "c"), edge("a", "c")]), None);
    assert_eq!(circle::<u8>(&[]), None);

    let circle = circle(&[edge("x", "a"), edge("a", "b"), edge("b", "c"), edge("c", "a")]).unwrap();

    let mut members = circle.members;
    members.sort_unstable();
    assert_eq!(members, ["a", "b", "c"]);
}
