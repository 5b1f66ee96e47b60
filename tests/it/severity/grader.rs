//! The queue before the model.

use std::num::NonZeroUsize;

use dupi::domain::scalp::{Grades, Verdict};
use dupi::ports::{GradingError, SeverityGrader};
use dupi::severity::{BatchLimits, Model, OnnxSeverityGrader};

use super::{bundled, onnx_runtime_library, photo, sessions_of_bundled};

fn grader(capacity: usize, max_batch: usize) -> OnnxSeverityGrader {
    grader_of(vec![bundled()], capacity, max_batch)
}

fn grader_of(sessions: Vec<Model>, capacity: usize, max_batch: usize) -> OnnxSeverityGrader {
    let limits = BatchLimits {
        capacity: NonZeroUsize::new(capacity).expect("room for one"),
        max_batch: NonZeroUsize::new(max_batch).expect("one at least"),
        ..BatchLimits::default()
    };
    OnnxSeverityGrader::start(sessions, limits).expect("a thread can be started")
}

#[tokio::test]
async fn photos_sent_together_get_their_own_answers() {
    let names = [
        "close_up_normal",
        "not_scalp",
        "dark",
        "close_up_severe",
        "close_up_normal",
    ];
    let mut model = bundled();
    let mut ways = vec![(None, 1, 1), (None, 1, 4), (None, 3, 1)];
    ways.extend(onnx_runtime_library().map(|library| (Some(library), 2, 1)));
    for (library, count, max_batch) in ways {
        let sessions = sessions_of_bundled(library, count);
        assert_eq!(sessions.len(), count);
        let grader = grader_of(sessions, 16, max_batch);
        let answers =
            futures_util::future::join_all(names.map(|name| grader.grade(photo(name)))).await;
        for (name, answer) in names.into_iter().zip(answers) {
            let answer = answer.unwrap();
            let alone = model.analyze(&photo(name)).unwrap();
            assert_eq!(answer.judgement.verdict, alone.judgement.verdict, "{name}");
            assert_eq!(
                answer.heatmaps.is_some(),
                answer.judgement.verdict == Verdict::Graded
            );
            let severities = |grades: Option<Grades>| -> Vec<_> {
                grades
                    .iter()
                    .flat_map(Grades::iter)
                    .map(|(_, grade)| grade.severity)
                    .collect()
            };
            assert_eq!(
                severities(answer.judgement.grades),
                severities(alone.judgement.grades)
            );
        }
        grader.shut_down().await;
    }
}

#[tokio::test]
async fn a_full_queue_says_so_at_once() {
    let grader = grader(1, 1);
    let (first, second) = tokio::join!(
        grader.grade(photo("close_up_normal")),
        grader.grade(photo("close_up_normal")),
    );
    first.unwrap();
    let error = second.unwrap_err();
    assert!(matches!(error, GradingError::QueueFull { waiting: 1 }) && error.is_temporary());
    // The place is free again.
    grader.grade(photo("close_up_normal")).await.unwrap();
}

#[tokio::test]
async fn who_leaves_frees_the_place() {
    let grader = grader(1, 1);
    {
        let mut grading = std::pin::pin!(grader.grade(photo("close_up_normal")));
        assert!(futures_util::poll!(grading.as_mut()).is_pending());
    }
    // Only the decoding of the photo may still be going on, and that holds no place.
    grader.grade(photo("close_up_normal")).await.unwrap();
}

#[tokio::test]
async fn a_stopped_grader_refuses_and_may_be_stopped_twice() {
    let grader = grader(4, 1);
    let other = grader.clone();
    grader.grade(photo("dark")).await.unwrap();
    grader.shut_down().await;
    grader.shut_down().await;
    assert!(matches!(
        other.grade(photo("dark")).await,
        Err(GradingError::Stopped)
    ));
}

#[tokio::test]
async fn all_sessions_end_together_and_answer_who_came_before() {
    let grader = grader_of(sessions_of_bundled(None, 2), 8, 1);
    let grading = ["close_up_normal", "close_up_severe", "close_up_normal"].map(|name| {
        tokio::spawn({
            let grader = grader.clone();
            async move { grader.grade(photo(name)).await }
        })
    });
    // The last of them has its place already, since there is one thread here.
    tokio::task::yield_now().await;
    grader.shut_down().await;
    for grading in grading {
        match grading.await.expect("grading does not panic") {
            Ok(graded) => assert_eq!(graded.judgement.verdict, Verdict::Graded),
            // It was still being decoded when the sessions ended.
            Err(error) => assert!(matches!(error, GradingError::Stopped), "{error}"),
        }
    }
    let error = OnnxSeverityGrader::start(vec![], BatchLimits::default()).unwrap_err();
    assert_eq!(error.kind(), std::io::ErrorKind::InvalidInput);
}
