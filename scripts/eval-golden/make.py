"""
Golden files for packages/eval: what scipy, scikit-image, scikit-learn, Pillow and NumPy make of inputs that both sides draw by a formula
(inputs.py). Nothing here knows of our own code.

    python3 -m venv venv && venv/bin/pip install -r scripts/eval-golden/requirements.txt
    venv/bin/python scripts/eval-golden/make.py        # writes packages/eval/test/golden/*.json
"""

import json
from pathlib import Path

import numpy as np
import scipy.linalg
import scipy.ndimage
import scipy.spatial
from PIL import Image
from skimage.metrics import peak_signal_noise_ratio, structural_similarity
from sklearn.metrics import confusion_matrix, jaccard_score, recall_score
from sklearn.neighbors import NearestNeighbors

from inputs import altered, features, integers, picture, uniforms
from philox import philox_uniform

OUT = Path(__file__).resolve().parents[2] / "packages" / "eval" / "test" / "golden"

CITYSCAPES = [
    (128, 64, 128), (244, 35, 232), (70, 70, 70), (102, 102, 156), (190, 153, 153), (153, 153, 153), (250, 170, 30), (220, 220, 0),
    (107, 142, 35), (152, 251, 152), (70, 130, 180), (220, 20, 60), (255, 0, 0), (0, 0, 142), (0, 0, 70), (0, 60, 100), (0, 80, 100),
    (0, 0, 230), (119, 11, 32),
]  # fmt: skip
CITYSCAPES_VOID = [
    (0, 0, 0), (111, 74, 0), (81, 0, 81), (250, 170, 160), (230, 150, 140), (180, 165, 180), (150, 100, 100), (150, 120, 90), (0, 0, 90),
    (0, 0, 110),
]  # fmt: skip


def segmentation():
    classes, void = 6, 255
    truth, predicted = integers(1, 1200, classes + 1), integers(2, 1200, classes)
    agree = uniforms(3, 1200) < 0.6
    truth = np.where(truth == 4, 3, truth)  # class 4 is absent from the truth
    predicted = np.where(agree & (truth < classes), truth, predicted)
    truth = np.where(truth == classes, void, truth)
    seen = truth != void
    y, p, labels = truth[seen], predicted[seen], list(range(classes))
    present = [label for label in labels if (y == label).any()]
    matrix = confusion_matrix(y, p, labels=labels)
    recalls = recall_score(y, p, labels=labels, average=None, zero_division=0)
    ious = jaccard_score(y, p, labels=labels, average=None, zero_division=0)
    noise = integers(4, 500 * 3, 256).reshape(500, 3)
    # half of the colours lie near a class
    near = np.clip(np.array(CITYSCAPES)[integers(5, 500, len(CITYSCAPES))] + integers(6, 1500, 61).reshape(500, 3) - 30, 0, 255)
    colours = np.where((np.arange(500) % 2 == 0)[:, None], near, noise)
    # the first of equals, as argmin has it
    nearest = scipy.spatial.distance.cdist(colours, CITYSCAPES, "sqeuclidean").argmin(axis=1)
    squares = scipy.spatial.distance.cdist(colours, CITYSCAPES + CITYSCAPES_VOID, "sqeuclidean")
    distances, among = np.sqrt(squares.min(axis=1)), squares.argmin(axis=1)
    among = np.where(among < len(CITYSCAPES), among, void)
    return {
        "confusion": matrix.ravel().tolist(),
        "ignored": int((~seen).sum()),
        "perPixel": float((y == p).mean()),
        "accuracies": recalls.tolist(),
        "ious": ious.tolist(),
        "zero": {"perClass": float(recalls.mean()), "iou": float(ious.mean())},
        "ignore": {"perClass": float(recalls[present].mean()), "iou": float(ious[present].mean())},
        "nearest": nearest.tolist(),
        "nearestOrVoid": among.tolist(),
        "nearestWithin30": np.where(distances <= 30, among, void).tolist(),
    }


def multi_scale(x, y, peak, scales):
    """Wang, Simoncelli and Bovik 2003 for one channel, by full two-dimensional convolution."""
    weights = np.array([0.0448, 0.2856, 0.3001, 0.2363, 0.1333])[:scales]
    weights = weights / weights.sum()
    c1, c2 = (0.01 * peak) ** 2, (0.03 * peak) ** 2
    line = np.exp(-(np.arange(-5, 6) ** 2) / (2 * 1.5**2))
    window = np.outer(line, line) / np.outer(line, line).sum()

    def means(z):
        return scipy.ndimage.correlate(z, window, mode="constant")[5:-5, 5:-5]

    product = 1.0
    for scale in range(scales):
        mx, my = means(x), means(y)
        vx, vy, cov = means(x * x) - mx**2, means(y * y) - my**2, means(x * y) - mx * my
        structure = (2 * cov + c2) / (vx + vy + c2)
        luminance = (2 * mx * my + c1) / (mx**2 + my**2 + c1)
        last = scale == scales - 1
        product *= max(0.0, float((luminance * structure).mean() if last else structure.mean())) ** weights[scale]
        # imfilter with ones(2)/4 and symmetric padding, then every second pixel, as in the published code
        x, y = (np.pad(z, ((0, 1), (0, 1)), mode="symmetric") for z in (x, y))
        x, y = (((z[:-1, :-1] + z[1:, :-1] + z[:-1, 1:] + z[1:, 1:]) / 4)[::2, ::2] for z in (x, y))
    return product


def pictures():
    cases = []
    for seed, height, width, channels, scales in [(11, 29, 37, 3, 2), (13, 181, 190, 1, 5), (15, 64, 50, 3, 3), (17, 11, 12, 1, 1)]:
        a = picture(seed, height, width, channels)
        b = altered(seed + 1, a)
        both = {"channel_axis": -1, "data_range": 255.0}
        per_channel = [multi_scale(a[..., c], b[..., c], 255.0, scales) for c in range(channels)]
        cases.append(
            {
                "seed": seed, "height": height, "width": width, "channels": channels,
                "l1": float(np.abs(a - b).mean()),
                "rmse": float(np.sqrt(((a - b) ** 2).mean())),
                "psnr": float(peak_signal_noise_ratio(a, b, data_range=255.0)),
                "ssim": float(structural_similarity(a, b, gaussian_weights=True, sigma=1.5, use_sample_covariance=False, **both)),
                "msSsim": float(np.mean(per_channel)),
                "scales": scales,
                "within": {str(t): float((np.abs(a - b).max(axis=-1) < t).mean()) for t in (5, 10, 40)},
            }
        )  # fmt: skip
    return {"cases": cases}


def frechet_by_sqrtm(x, y):
    c1, c2 = np.cov(x, rowvar=False), np.cov(y, rowvar=False)
    root = scipy.linalg.sqrtm(c1 @ c2)
    return float(((x.mean(0) - y.mean(0)) ** 2).sum() + np.trace(c1 + c2) - 2 * np.trace(root).real)


def frechet_by_eigenvalues(x, y):
    c1, c2 = np.cov(x, rowvar=False), np.cov(y, rowvar=False)
    values, vectors = np.linalg.eigh(c1)
    root = (vectors * np.sqrt(np.clip(values, 0, None))) @ vectors.T
    roots = np.sqrt(np.clip(np.linalg.eigvalsh(root @ c2 @ root), 0, None))
    return float(((x.mean(0) - y.mean(0)) ** 2).sum() + np.trace(c1 + c2) - 2 * roots.sum())


def discrepancy(x, y):
    """The unbiased squared maximum mean discrepancy with the kernel of KID."""
    kernel = lambda a, b: (a @ b.T / a.shape[1] + 1) ** 3  # noqa: E731
    m, n = len(x), len(y)
    within = lambda k, c: (k.sum() - np.trace(k)) / (c * (c - 1))  # noqa: E731
    return float(within(kernel(x, x), m) + within(kernel(y, y), n) - 2 * kernel(x, y).mean())


def on_manifold(candidates, of, neighbours):
    """scikit-learn counts a picture as its own nearest neighbour."""
    radii = NearestNeighbors(n_neighbors=neighbours + 1, algorithm="brute").fit(of).kneighbors(of)[0][:, -1]
    return (scipy.spatial.distance.cdist(candidates, of) <= radii[None, :]).any(axis=1).tolist()


def distributions():
    frechet = []
    for name, m, n, width, method in [
        ("full rank", 60, 50, 12, frechet_by_sqrtm),
        ("as many pictures as features", 13, 40, 13, frechet_by_eigenvalues),
        ("fewer pictures than features", 10, 14, 40, frechet_by_eigenvalues),
        ("dead and doubled features", 60, 50, 12, frechet_by_eigenvalues),
    ]:
        x, y = features(21, m, width), features(22, n, width, 1.5, 0.25)
        if name.startswith("dead"):
            x[:, 3] = y[:, 3] = 0
            x[:, 5], y[:, 5] = x[:, 4], y[:, 4]
        frechet.append({"name": name, "real": m, "generated": n, "width": width, "value": method(x, y)})
    x, y = features(23, 30, 16), features(24, 25, 16, 1.2, 0.1)
    random = np.random.default_rng(0)
    subsets = [{"real": sorted(random.choice(30, 10, replace=False).tolist()), "generated": sorted(random.choice(25, 10, replace=False).tolist())} for _ in range(4)]
    kid = [discrepancy(x[s["real"]], y[s["generated"]]) for s in subsets]
    p, q = features(25, 60, 8), features(26, 50, 8, 1.3, 0.2)
    symmetric = uniforms(27, 900).reshape(30, 30) - 0.5
    symmetric = np.tril(symmetric) + np.tril(symmetric, -1).T
    return {
        "frechet": frechet,
        "kernel": {"subsets": subsets, "values": kid, "all": discrepancy(x[:25], y)},
        "manifolds": [{"neighbours": k, "generatedOnReal": on_manifold(q, p, k), "realOnGenerated": on_manifold(p, q, k)} for k in (1, 3)],
        "eigenvalues": np.linalg.eigvalsh(symmetric).tolist(),
    }


def statistics():
    values = features(31, 1, 40)[0]
    other = features(32, 1, 40)[0]
    shares = [0, 0.025, 0.1, 0.5, 0.9, 0.975, 1]
    index = np.array([[int(philox_uniform(7, "bootstrap", draw, at) * 40) for at in range(40)] for draw in range(200)])
    bounds = lambda v: np.quantile(v[index].mean(axis=1), [0.025, 0.975]).tolist()  # noqa: E731
    return {
        "shares": shares,
        "quantiles": np.quantile(values, shares).tolist(),
        "mean": float(values.mean()),
        "interval": bounds(values),
        "difference": {"mean": float((values - other).mean()), "interval": bounds(values - other)},
    }


def resampling():
    """Pillow on floats, whose filters widen when they shrink."""
    source = picture(41, 9, 11, 1)[..., 0]
    image = Image.fromarray(source.astype(np.float32))
    filters = {"bilinear": Image.Resampling.BILINEAR, "bicubic": Image.Resampling.BICUBIC, "nearest": Image.Resampling.NEAREST}
    sizes = [(20, 14), (4, 5), (11, 6)]
    return {
        "cases": [
            {"filter": name, "width": w, "height": h, "values": np.round(np.asarray(image.resize((w, h), f), dtype=float), 4).ravel().tolist()}
            for name, f in filters.items()
            for w, h in sizes
        ]
    }


def main():
    OUT.mkdir(parents=True, exist_ok=True)
    for make in (segmentation, pictures, distributions, statistics, resampling):
        path = OUT / f"{make.__name__}.json"
        path.write_text(json.dumps(make()) + "\n")
        print(path, path.stat().st_size)


if __name__ == "__main__":
    main()
