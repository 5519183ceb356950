"""Discriminative embedding by networks trained to classify machines, ids and operating states.

`front_end` is what the registry knows; `classes` and `pseudo_labels` say what is told apart, `inputs` and `cache` what
the networks see, `branches` what they are, `adacos` and `adaproj` what they are trained by, `training` trains them.
After K. Wilkinghoff: "Sub-cluster AdaCos: learning representations for anomalous sound detection", IJCNN 2021; "Design
choices for learning embeddings from auxiliary tasks for domain generalization in anomalous sound detection", ICASSP
2023; "Self-supervised learning for anomalous sound detection", ICASSP 2024 (arXiv 2309.13635); "AdaProj", DCASE 2024
(arXiv 2403.14179).
"""
