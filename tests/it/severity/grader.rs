//! The queue before the model.

use std::num::NonZeroUsize;

use dupi::domain::scalp::{Grades, Verdict};
use dupi::ports::{GradingError, SeverityGrader};
use dupi::severity::{BatchLimits, OnnxSeverityGrader};

use super::{bundled, photo};

fn grader(capacity: usize, max_batch: usize) -> OnnxSeverityGrader {
    let limits = BatchLimits {
        capacity: NonZeroUsize::new(capacity).expect("room for one"),
        max_batch: NonZeroUsize::new(max_batch).expect("one at least"),
        ..BatchLimits::default()
    };
    OnnxSeverityGrader::start(bundled(), limits).expect("a thread can be started")
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
    for max_batch in [1, 4] {
        let grader = grader(16, max_batch);
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
