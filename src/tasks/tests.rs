use std::{
    convert::Infallible,
    future::ready,
    sync::atomic::{AtomicBool, AtomicUsize, Ordering},
};

use tokio::sync::mpsc;

use super::*;

const GRACE: Duration = Duration::from_secs(10);
const PERIOD: Duration = Duration::from_millis(30);

#[tokio::test]
async fn what_fails_or_panics_begins_anew_and_what_is_done_does_not() {
    let tasks = Tasks::default();
    let (told, mut begun) = mpsc::unbounded_channel();
    let began = Arc::new(AtomicUsize::new(0));
    tasks.keep("unsteady", move || {
        let number = began.fetch_add(1, Ordering::Relaxed);
        let told = told.clone();
        async move {
            told.send((number, Instant::now())).unwrap();
            match number {
                0 => Err("a fault"),
                1 => panic!("a panic that this test is about"),
                _ => Ok(()),
            }
        }
    });
    let mut times = Vec::new();
    while let Some((number, at)) = begun.recv().await {
        assert_eq!(number, times.len());
        times.push(at);
    }
    assert_eq!(times.len(), 3);
    let pauses = times.windows(2).map(|two| two[1] - two[0]);
    for (pause, least) in pauses.zip([PAUSE_MIN, PAUSE_MIN * 2]) {
        assert!(
            pause >= least,
            "{pause:?}: each is longer than the one before"
        );
    }
    assert!(tasks.stop(GRACE).await.is_empty());
}

#[tokio::test]
async fn what_is_done_again_and_again_goes_on_after_a_fault() {
    let tasks = Tasks::default();
    let (told, mut done) = mpsc::unbounded_channel();
    let began = AtomicBool::new(false);
    tasks.every("regular", Every::after(PERIOD), move || {
        told.send(Instant::now()).unwrap();
        let is_first = !began.swap(true, Ordering::Relaxed);
        assert!(!is_first, "a panic that this test is about");
        ready(Err("a fault"))
    });
    let begun = Instant::now();
    for number in 1..=3 {
        let at = done.recv().await.unwrap();
        assert!(at - begun >= PERIOD * number, "{number}");
    }
}

#[tokio::test]
async fn jobs_end_in_the_reverse_order_of_their_start_each_waited_for() {
    let tasks = Tasks::default();
    let (told, mut ended) = mpsc::unbounded_channel();
    for name in ["first", "second", "third"] {
        let told = told.clone();
        tasks.keep_until(name, move |stop| {
            let told = told.clone();
            async move {
                stop.cancelled().await;
                // The later the slower: only waiting makes the order.
                let slow = if name == "third" { 200 } else { 10 };
                tokio::time::sleep(Duration::from_millis(slow)).await;
                told.send(name).unwrap();
                Ok::<_, Infallible>(())
            }
        });
    }
    assert!(tasks.stop(GRACE).await.is_empty());
    let order: Vec<_> = std::iter::from_fn(|| ended.try_recv().ok()).collect();
    assert_eq!(order, ["third", "second", "first"]);
}

#[tokio::test]
async fn what_does_not_end_in_time_is_named_and_dropped() {
    let tasks = Tasks::default();
    let held = Arc::new(());
    let kept = Arc::clone(&held);
    tasks.keep("quick", std::future::pending::<Result<(), Infallible>>);
    tasks.keep_until("stubborn", move |_| {
        let kept = Arc::clone(&kept);
        async move {
            std::future::pending::<()>().await;
            drop(kept);
            Ok::<_, Infallible>(())
        }
    });
    let begun = Instant::now();
    assert_eq!(tasks.stop(PERIOD).await, ["stubborn"]);
    assert!(begun.elapsed() >= PERIOD);
    while Arc::strong_count(&held) > 1 {
        tokio::task::yield_now().await;
    }
}

#[tokio::test]
async fn what_is_done_once_is_waited_for() {
    let tasks = Tasks::default();
    let done = Arc::new(AtomicUsize::new(0));
    let doing = Arc::clone(&done);
    tasks.once("a letter", async move {
        tokio::time::sleep(PERIOD).await;
        doing.fetch_add(1, Ordering::Relaxed);
        Ok::<_, Infallible>(())
    });
    assert!(tasks.stop(GRACE).await.is_empty());
    assert_eq!(done.load(Ordering::Relaxed), 1);
}

#[tokio::test]
async fn jobs_end_when_nobody_holds_them() {
    let tasks = Tasks::default();
    let (told, mut ended) = mpsc::unbounded_channel::<()>();
    tasks.keep("kept", move || {
        let told = told.clone();
        async move {
            std::future::pending::<()>().await;
            drop(told);
            Ok::<_, Infallible>(())
        }
    });
    drop(tasks.clone());
    tokio::time::sleep(PERIOD).await;
    assert!(!ended.is_closed());
    drop(tasks);
    assert_eq!(ended.recv().await, None);
}
