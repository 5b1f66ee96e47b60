"""What others published on the same photos, in accuracy per condition (%), in the order of `contract.CONDITIONS`.

Splits differ, and folder models and joint heads answer different questions: read them as orientation.
"""

PUBLISHED = (
    (
        "AI Hub's baseline: EfficientNet-B7, 600x600, six models on folders, split not stated",
        (91.3, 90.5, 89.6, 87.3, 95.2, 89.0),
    ),
    ("a public rerun of that script", (64.5, 66.1, 79.0, 73.6, 76.1, 75.4)),
    ("six joint heads, B0, 224, official split by name", (84.4, 59.1, 69.6, 95.2, 73.3, 76.1)),
    ("B0, two conditions (Appl. Sci. 2024, 14(17), 7574)", (75.0, None, 82.0, None, None, None)),
)
# Macro-F1 of the six joint heads above.
PUBLISHED_MACRO_F1 = (0.472, 0.543, 0.650, 0.436, 0.656, 0.553)
FURTHER = (
    "ViT-B/16 with preprocessing and augmentation (KCDE 30(3), 2025): 85.6 % accuracy in the mean of the "
    "conditions, 74.1 % without.",
    "On joint labels, always saying the commonest grade scores 84.2 % for fine scaling and 95.2 % for pustules: "
    "accuracy alone says little.",
)
