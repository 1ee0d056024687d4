//! What the engine reports while one of its functions runs, kept until that function has returned.
//!
//! The engine calls back in the middle of its work: with locks held (a call back into it from there can hang), through
//! frames of C (a panic must not cross them), and always on the thread that called it. So the callbacks given to it only
//! write down what happened, on a list of the calling thread, and the wrapper deals with the list once the call is over:
//! there, handlers and callbacks of the user may panic and call whatever they like.

use crate::error::{Error, ErrorSink};
use std::{
    cell::{Cell, RefCell},
    collections::VecDeque,
    mem::ManuallyDrop,
    panic::{AssertUnwindSafe, catch_unwind},
    sync::Arc,
};

/// Something that happened during a call of the engine.
pub(crate) enum Event {
    /// The engine found an error.
    Error(Arc<ErrorSink>, Error),
    /// A callback of the user, or a step that may lead to one, has become due.
    Due(Box<dyn Step>),
}

/// What is to be done about an event: a closure, or what a request has kept for its answer.
pub(crate) trait Step: Send {
    /// Does it.
    fn go(self: Box<Self>);
}

impl<F: FnOnce() + Send> Step for F {
    fn go(self: Box<Self>) {
        self();
    }
}

thread_local! {
    /// Never dropped, so that it is there for destructors of other thread-local values; [`LEFT_OVER`] empties it.
    static EVENTS: RefCell<ManuallyDrop<VecDeque<Event>>> =
        const { RefCell::new(ManuallyDrop::new(VecDeque::new())) };
    static LEFT_OVER: LeftOver = const { LeftOver };
    /// How long the list is: to look at it costs less than to look at the list, which nearly every call does.
    static PENDING: Cell<usize> = const { Cell::new(0) };
    static ERRORS: Cell<u64> = const { Cell::new(0) };
}

/// Drops what a panic has left on the list, when the thread ends.
struct LeftOver;

impl Drop for LeftOver {
    fn drop(&mut self) {
        while let Some(event) = pop() {
            // A panic of what a closure owns would end the process here.
            let _ = catch_unwind(AssertUnwindSafe(|| drop(event)));
        }
    }
}

/// Writes down an event for [`deliver`].
pub(crate) fn push(event: Event) {
    let _ = LEFT_OVER.try_with(|_| ());
    if matches!(event, Event::Error(..)) {
        let _ = ERRORS.try_with(|errors| errors.set(errors.get() + 1));
    }
    change(|events| events.push_back(event));
}

/// How many events are on the list.
#[inline]
fn pending() -> usize {
    PENDING.try_with(Cell::get).unwrap_or(0)
}

/// Changes the list.
///
/// Nothing of the user's may be dropped by `change`: it could come back here.
fn change<R>(change: impl FnOnce(&mut VecDeque<Event>) -> R) -> Option<R> {
    let changed = EVENTS.try_with(|events| {
        let events = &mut *events.borrow_mut();
        let result = change(events);
        let _ = PENDING.try_with(|pending| pending.set(events.len()));
        result
    });
    changed.ok()
}

/// Takes the first event off the list.
fn pop() -> Option<Event> {
    let pop = |events: &mut VecDeque<Event>| {
        let event = events.pop_front();
        if events.is_empty() {
            // The list owns no memory while it is empty: it is never dropped.
            *events = VecDeque::new();
        }
        event
    };
    change(pop).flatten()
}

/// Deals with what this thread's calls have reported, in the order in which it happened.
///
/// # Panics
/// If a handler or callback of the user panics, or for an error that nobody handles. While the thread is unwinding
/// already, such panics are swallowed: a second one would end the process.
#[inline]
#[track_caller]
pub(crate) fn deliver() {
    if pending() > 0 {
        deliver_all();
    }
}

#[cold]
#[track_caller]
fn deliver_all() {
    while let Some(event) = pop() {
        match event {
            Event::Error(_, error) if error.is_loss() => {}
            Event::Error(sink, error) => sink.report(error),
            Event::Due(step) if std::thread::panicking() => {
                let _ = catch_unwind(AssertUnwindSafe(|| step.go()));
            }
            Event::Due(step) => step.go(),
        }
    }
}

/// Runs `call` and tells whether the engine reported an error meanwhile. What it reported stays on the list.
pub(crate) fn watch<R>(call: impl FnOnce() -> R) -> (R, bool) {
    let count = || ERRORS.try_with(Cell::get).unwrap_or(0);
    let before = count();
    let result = call();
    (result, count() != before)
}

/// Runs `call` and forgets the errors that the engine reported meanwhile, for a call that is known to fail and whose
/// error has been reported in better words.
pub(crate) fn silence<R>(call: impl FnOnce() -> R) -> R {
    let before = pending();
    let result = call();
    let silenced = change(|events| {
        let since = events.split_off(before.min(events.len()));
        let (errors, others): (Vec<_>, Vec<_>) =
            since.into_iter().partition(|event| matches!(event, Event::Error(..)));
        events.extend(others);
        errors
    });
    drop(silenced);
    result
}

/// Runs `call`, gives the errors that the engine reported meanwhile the words of `reword`, and returns these as well as
/// leaving the errors on the list.
pub(crate) fn reword<R>(
    call: impl FnOnce() -> R,
    reword: impl Fn(String) -> String,
) -> (R, Vec<String>) {
    let before = pending();
    let result = call();
    let mut descriptions = Vec::new();
    if pending() > before {
        change(|events| {
            for event in events.iter_mut().skip(before) {
                if let Event::Error(_, error) = event {
                    descriptions.push(error.reword(&reword));
                }
            }
        });
    }
    (result, descriptions)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::Mutex;

    fn note(log: &Arc<Mutex<Vec<u32>>>, value: u32) -> Event {
        let log = log.clone();
        Event::Due(Box::new(move || log.lock().unwrap().push(value)))
    }

    #[test]
    fn delivers_in_order_and_once() {
        let log = Arc::new(Mutex::new(Vec::new()));
        push(note(&log, 1));
        push(note(&log, 2));
        assert!(log.lock().unwrap().is_empty());
        deliver();
        deliver();
        assert_eq!(*log.lock().unwrap(), [1, 2]);
    }

    #[test]
    fn a_panic_leaves_the_rest_for_the_next_delivery() {
        let log = Arc::new(Mutex::new(Vec::new()));
        push(Event::Due(Box::new(|| panic!("first"))));
        push(note(&log, 2));
        assert!(catch_unwind(deliver).is_err());
        deliver();
        assert_eq!(*log.lock().unwrap(), [2]);
    }

    #[test]
    fn destructors_of_thread_local_values_are_told_too() {
        struct Late(Arc<Mutex<Vec<u32>>>);
        impl Drop for Late {
            fn drop(&mut self) {
                push(note(&self.0, 1));
                deliver();
            }
        }
        thread_local! {
            static LATE: RefCell<Option<Late>> = const { RefCell::new(None) };
        }
        let log = Arc::new(Mutex::new(Vec::new()));
        let there = log.clone();
        let thread = std::thread::spawn(move || {
            // Those that were used first go last.
            LATE.with(|late| *late.borrow_mut() = Some(Late(there.clone())));
            push(note(&there, 0));
            deliver();
        });
        thread.join().unwrap();
        assert_eq!(*log.lock().unwrap(), [0, 1]);
    }

    #[test]
    fn what_a_panic_has_left_goes_with_the_thread() {
        struct Panics(Arc<Mutex<Vec<u32>>>);
        impl Drop for Panics {
            fn drop(&mut self) {
                self.0.lock().unwrap().push(1);
                panic!("in a destructor");
            }
        }
        let log = Arc::new(Mutex::new(Vec::new()));
        let there = log.clone();
        let thread = std::thread::spawn(move || {
            push(Event::Due(Box::new(|| panic!("first"))));
            for _ in 0..2 {
                let owned = Panics(there.clone());
                push(Event::Due(Box::new(move || drop(owned))));
            }
            deliver();
        });
        assert!(thread.join().is_err());
        assert_eq!(*log.lock().unwrap(), [1, 1]);
    }

    #[test]
    fn silence_drops_only_the_errors_of_its_call() {
        let sink = Arc::new(ErrorSink::default());
        let caught = Arc::new(Mutex::new(Vec::new()));
        let log = caught.clone();
        sink.set_handler(Arc::new(move |error: Error| {
            log.lock().unwrap().push(error.to_string());
        }));
        let error = |text: &str| Event::Error(sink.clone(), Error::validation(text));
        push(error("before"));
        let ((), failed) = watch(|| silence(|| push(error("within"))));
        assert!(failed);
        push(error("after"));
        deliver();
        assert_eq!(*caught.lock().unwrap(), ["before", "after"]);
    }

    #[test]
    fn reworded_errors_stay_on_the_list() {
        let sink = Arc::new(ErrorSink::default());
        sink.push_scope(crate::ErrorFilter::Validation);
        let error = || Event::Error(sink.clone(), Error::validation("told"));
        let ((), descriptions) = reword(|| push(error()), |text| text + " better");
        assert_eq!(descriptions, ["told better"]);
        deliver();
        assert_eq!(sink.pop_scope(0).unwrap().to_string(), "told better");
    }
}
