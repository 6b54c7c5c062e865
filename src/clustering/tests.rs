//! Groups of made vectors, and words of made texts.

use proptest::prelude::*;

use super::{Grouping, Keyword, SMALLEST, group, group_by, keywords, title};

/// Numbers from -1 to 1 that are the same in every run.
struct Numbers(u64);

impl Numbers {
    /// splitmix64
    fn next(&mut self) -> f32 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        ((mixed ^ (mixed >> 31)) >> 40) as f32 / (1u64 << 23) as f32 - 1.0
    }

    fn vector(&mut self, width: usize) -> Vec<f32> {
        (0..width).map(|_| self.next()).collect()
    }
}

/// So many vectors about each of so many subjects, one after the other, each apart from its subject by so
/// much noise.
fn subjects(subjects: usize, each: usize, noise: f32, seed: u64) -> Vec<Vec<f32>> {
    let mut numbers = Numbers(seed);
    let mut vectors = Vec::new();
    for _ in 0..subjects {
        let about = numbers.vector(64);
        for _ in 0..each {
            let own = numbers.vector(64);
            vectors.push(about.iter().zip(own).map(|(a, b)| a + noise * b).collect());
        }
    }
    vectors
}

/// The members of each group, as they were put in.
fn members(grouping: &Grouping) -> Vec<Vec<usize>> {
    let groups = grouping.groups.iter();
    groups.map(|group| group.members.clone()).collect()
}

#[test]
fn subjects_are_found() {
    let grouping = group(subjects(5, 20, 0.7, 1));
    let mut found = members(&grouping);
    found.sort();
    let whole: Vec<Vec<usize>> = (0..5).map(|n| (n * 20..(n + 1) * 20).collect()).collect();
    assert_eq!(found, whole);
    assert_eq!((grouping.unusable, grouping.apart), (0, 0));
    for group in &grouping.groups {
        assert!((0.5..0.9).contains(&group.cohesion), "{}", group.cohesion);
        assert_eq!(group.similarities.len(), group.members.len());
    }
}

#[test]
fn small_subjects_are_found_beside_large_ones() {
    let mut vectors = subjects(2, 120, 0.5, 2);
    vectors.extend(subjects(4, 5, 0.5, 3));
    let sizes: Vec<usize> = members(&group(vectors)).iter().map(Vec::len).collect();
    assert_eq!(sizes, [120, 120, 5, 5, 5, 5]);
}

#[test]
fn cohesion_is_the_mean_of_all_pairs() {
    let vectors = subjects(1, 6, 0.3, 4);
    let grouping = group(vectors.clone());
    assert_eq!(members(&grouping), [[0, 1, 2, 3, 4, 5]]);
    let (mut sum, mut pairs) = (0.0, 0);
    for a in 0..6 {
        for b in 0..a {
            let dot =
                |x: &[f32], y: &[f32]| x.iter().zip(y).map(|(x, y)| f64::from(x * y)).sum::<f64>();
            let (a, b) = (&vectors[a], &vectors[b]);
            sum += dot(a, b) / (dot(a, a) * dot(b, b)).sqrt();
            pairs += 1;
        }
    }
    let mean = sum / f64::from(pairs);
    assert!((grouping.groups[0].cohesion - mean).abs() < 1e-5);
}

#[test]
fn too_few_are_no_group() {
    for count in 0..SMALLEST {
        let grouping = group(subjects(1, count, 0.1, 5));
        assert_eq!((grouping.groups.len(), grouping.apart), (0, count));
    }
    assert_eq!(group(subjects(1, SMALLEST, 0.1, 5)).groups.len(), 1);
}

#[test]
fn what_has_no_direction_is_left_out() {
    let mut vectors = subjects(2, 10, 0.3, 6);
    vectors.push(Vec::new());
    vectors.push(vec![0.0; 64]);
    vectors.push(vec![f32::NAN; 64]);
    vectors.push(vec![1e-30; 64]);
    let mut infinite = vectors[0].clone();
    infinite[7] = f32::INFINITY;
    vectors.push(infinite);
    let grouping = group(vectors);
    assert_eq!(grouping.unusable, 5);
    assert_eq!(
        members(&grouping),
        [(0..10).collect::<Vec<_>>(), (10..20).collect()]
    );
    let none = group(vec![vec![f32::NAN; 3]; 50]);
    assert_eq!((none.groups.len(), none.unusable, none.apart), (0, 50, 0));
}

#[test]
fn equal_vectors_are_one_group() {
    let one = subjects(1, 1, 0.0, 7).remove(0);
    for count in [3, 50, 200] {
        let grouping = group(vec![one.clone(); count]);
        assert_eq!(members(&grouping), [(0..count).collect::<Vec<_>>()]);
        assert!((grouping.groups[0].cohesion - 1.0).abs() < 1e-5);
    }
    // Longer ones of the same direction, and zeros behind them, are the same.
    let longer = one.iter().map(|x| x * 3.0).chain([0.0; 9]).collect();
    assert_eq!(group(vec![one.clone(), one, longer]).groups.len(), 1);
}

#[test]
fn one_subject_is_one_group() {
    for count in [4, 30, 300] {
        let grouping = group(subjects(1, count, 0.8, 8));
        assert_eq!(
            members(&grouping),
            [(0..count).collect::<Vec<_>>()],
            "{count}"
        );
    }
}

#[test]
fn what_has_nothing_in_common_stays_apart() {
    for count in [3, 40, 400] {
        let mut numbers = Numbers(9);
        let grouping = group((0..count).map(|_| numbers.vector(384)).collect());
        assert_eq!((grouping.groups.len(), grouping.apart), (0, count));
    }
}

#[test]
fn more_than_are_compared_join_the_groups_of_the_others() {
    let grouping = group_by(subjects(6, 120, 0.7, 10), 240);
    let sizes: Vec<usize> = members(&grouping).iter().map(Vec::len).collect();
    assert_eq!(sizes.len(), 6);
    assert!(grouping.apart < 20, "{}", grouping.apart);
    for group in grouping.groups {
        let subject = group.members[0] / 120;
        let others = group
            .members
            .iter()
            .filter(|member| *member / 120 != subject);
        assert_eq!(others.count(), 0, "among {}", group.members.len());
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    /// The same vectors in another order make the same groups, copies among them.
    #[test]
    fn order_does_not_matter(
        sizes in prop::collection::vec(1usize..14, 1..7),
        copies in 0usize..6,
        noise in 0.1f32..1.5,
        seed: u64,
        order in any::<prop::sample::Index>(),
    ) {
        let mut vectors: Vec<Vec<f32>> = Vec::new();
        for (subject, size) in sizes.iter().enumerate() {
            vectors.extend(subjects(1, *size, noise, seed.wrapping_add(subject as u64)));
        }
        for copy in 0..copies {
            vectors.push(vectors[copy % vectors.len()].clone());
        }
        // A step that has no divisor in common with the length comes by every place once.
        let count = vectors.len();
        let step = (1..=count).filter(|step| divisor(*step, count) == 1).max().unwrap_or(1);
        let first = order.index(count);
        let places: Vec<usize> = (0..count).map(|n| (first + n * step) % count).collect();
        let moved = places.iter().map(|place| vectors[*place].clone()).collect();
        let before = group(vectors);
        let after = group(moved);
        let mut back: Vec<Vec<usize>> = members(&after);
        for group in &mut back {
            for member in group.iter_mut() {
                *member = places[*member];
            }
            group.sort_unstable();
        }
        prop_assert_eq!(members(&before), back);
        prop_assert_eq!(before.apart, after.apart);
    }

    /// Whatever comes in is in one group at most, and counted.
    #[test]
    fn everything_is_accounted_for(
        vectors in prop::collection::vec(prop::collection::vec(prop_oneof![
            4 => -1.0f32..1.0, 1 => Just(0.0), 1 => any::<f32>()], 0..6), 0..40),
    ) {
        let count = vectors.len();
        let grouping = group(vectors);
        let mut placed: Vec<usize> = members(&grouping).concat();
        prop_assert_eq!(placed.len() + grouping.apart + grouping.unusable, count);
        placed.sort_unstable();
        placed.dedup();
        prop_assert_eq!(placed.len() + grouping.apart + grouping.unusable, count);
        for group in &grouping.groups {
            prop_assert!(group.members.len() >= SMALLEST);
            prop_assert!((0.0..=1.0).contains(&group.cohesion));
        }
    }
}

fn divisor(a: usize, b: usize) -> usize {
    if b == 0 { a } else { divisor(b, a % b) }
}

fn words(groups: &[Vec<&str>]) -> Vec<Vec<String>> {
    let found = keywords(groups, 3).into_iter();
    found
        .map(|group| group.into_iter().map(|keyword| keyword.word).collect())
        .collect()
}

#[test]
fn keywords_are_what_a_group_says_and_others_do_not() {
    let bread = vec![
        "The dough of the bread rests in the kitchen",
        "I knead the dough, then the bread is baked",
        "Bread and dough and the kitchen",
    ];
    let stars = vec![
        "The telescope shows stars from the kitchen window",
        "With the telescope I saw the stars of Orion",
        "Stars, and a telescope that is in the kitchen",
    ];
    let found = words(&[bread.clone(), stars]);
    assert_eq!(found[0], ["bread", "dough", "kitchen"]);
    assert_eq!(found[1], ["stars", "telescope", "kitchen"]);
    let typical = keywords(&[bread], 2);
    assert_eq!(title(&typical[0]).as_deref(), Some("Bread, Dough"));
}

#[test]
fn words_that_every_text_has_are_left_out_in_each_language() {
    let groups = [
        vec![
            "Der Teig ruht über Nacht und wird dann zum Brot",
            "Das Brot ist mit dem Teig von gestern",
        ],
        vec![
            "Les étoiles sont dans le ciel de la nuit",
            "Le ciel et les étoiles que nous avons vues",
        ],
        vec!["量子计算机的算法", "算法与量子计算机"],
    ];
    let found = words(&groups);
    assert_eq!(found[0], ["brot", "teig"]);
    assert_eq!(found[1], ["ciel", "étoiles"]);
    assert_eq!(found[2], ["子计", "算机", "算法"]);
}

#[test]
fn titles_are_made_of_words_that_tell_something() {
    let of = |words: &[&str]| {
        let keyword = |word: &&str| Keyword {
            word: (*word).to_owned(),
            weight: 1.0,
        };
        title(&words.iter().map(keyword).collect::<Vec<_>>())
    };
    for (words, expected) in [
        (
            &[
                "made", "two", "dough", "doughs", "oven", "week", "flour", "salt",
            ][..],
            "Dough, Oven, Flour",
        ),
        // Where nothing tells more, what there is has to do.
        (&["keep", "twice"], "Keep, Twice"),
        (&["glass", "gloss"], "Glass, Gloss"),
    ] {
        assert_eq!(of(words).as_deref(), Some(expected));
    }
}

#[test]
fn texts_without_words_have_no_title() {
    let found = keywords(&[vec!["12 34", "…", "👍"], vec![]], 5);
    assert_eq!(found, [vec![], vec![]]);
    assert_eq!(title(&found[0]), None);
    assert_eq!(
        title(&keywords(&[vec!["Ein Wort: Kürbissuppe"]], 5)[0]).as_deref(),
        Some("Kürbissuppe, Wort")
    );
}
