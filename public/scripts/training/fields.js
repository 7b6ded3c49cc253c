// The form's fields in words. Ranges, defaults and choices come from the daemon's own description (schema.js), and a field
// that it takes and that is not named here is shown all the same, under "Other".

export const presets = {
    "mnist-2d": "grey images of 28 × 28, a plane of 2 dimensions",
    "rgb-200d": "colour images of 128 × 128, 200 dimensions",
};

/** Fields with what they do; `group` is null for what everybody looks at. */
export const fields = [
    { key: "dataset", group: null, wide: true, label: "Dataset", hint: "What it learns from; the test part is only for the curves and the map." },
    { key: "model", group: null, wide: true, label: "Model", hint: "The shape of encoder and decoder. It must fit the dataset's images." },
    { key: "name", group: null, wide: true, label: "Name", hint: "What the model will be called. Empty: as its preset." },
    { key: "epochs", group: null, label: "Epochs", hint: "Times through the training images; 20 show the shape, 60 are good." },
    { key: "batch_size", group: null, label: "Batch size", hint: "Images a step; larger is faster, with fewer steps an epoch." },
    { key: "learning_rate", group: null, label: "Learning rate", hint: "Adam's step; lower it if the curves jump." },
    { key: "beta", group: null, label: "β", hint: "Weight of the KL divergence: more gives a rounder map and blurred images. Empty: the model's." },

    { key: "schedule", group: "Learning rate", label: "Schedule", hint: "How the rate moves: not at all, down along a cosine, or in steps." },
    { key: "warm_up_steps", group: "Learning rate", label: "Warm-up steps", hint: "Steps over which the rate rises from 0." },
    { key: "step_factor", group: "Learning rate", label: "Step factor", hint: "Schedule “step”: the rate is multiplied by it …" },
    { key: "step_epochs", group: "Learning rate", label: "Step epochs", hint: "… after every so many epochs." },
    { key: "clip_norm", group: "Learning rate", label: "Gradient clip", hint: "The longest gradient; 0: any. 1 helps where training diverges." },

    { key: "beta_schedule", group: "KL divergence", label: "β schedule", hint: "How its weight rises: at once, along a line or an S, or in cycles." },
    { key: "beta_warm_up_epochs", group: "KL divergence", label: "β warm-up", hint: "Epochs over which it rises, or that a cycle takes." },
    { key: "free_bits", group: "KL divergence", label: "Free bits", hint: "Nats that each dimension has for nothing: keeps dimensions from collapsing." },
    { key: "kl_reduction", group: "KL divergence", label: "KL over dimensions", hint: "Their sum, as the theory has it, or their mean. Empty: the model's." },

    { key: "validation_share", group: "Which weights are served", label: "Validation share", hint: "Of the training images, kept back: the epoch that does them best is served. 0: the last epoch." },
    { key: "patience", group: "Which weights are served", label: "Early stopping", hint: "Epochs without a better one after which it ends; 0: never. Needs a validation share." },
    { key: "weight_average", group: "Which weights are served", label: "Weight average (EMA)", hint: "Decay a step of the averaged weights that are served, such as 0.999. 0: none." },

    { key: "shift_pixels", group: "Images", label: "Shifts", hint: "Pixels that images are moved by at most, anew each step." },
    { key: "input_noise", group: "Images", label: "Input noise", hint: "Noise on what the encoder sees." },

    { key: "seed", group: "The run", label: "Seed", hint: "Fixes weights, order and noise: the same seed gives the same model." },
    { key: "priority", group: "The run", label: "Priority", hint: "The highest starts first, among equals the oldest." },
    { key: "initialization", group: "The run", label: "Initialization", hint: "How the weights start." },
    { key: "checkpoint_every", group: "The run", label: "Checkpoint every", hint: "Epochs between two checkpoints." },
];

/** Fields of the job itself; all others are of its `training`. */
export const ofTheJob = new Set(["dataset", "model", "name", "priority"]);

/** Settings for a beginning: what a recipe does not name is the daemon's default. */
export const recipes = [
    { name: "Quick look", about: "5 epochs: the shape shows", values: { epochs: 5 } },
    { name: "Balanced", about: "20 epochs along a cosine", values: { epochs: 20, schedule: "cosine" } },
    {
        name: "Thorough", about: "60 epochs along a cosine, averaged weights, the best epoch is served",
        values: { epochs: 60, schedule: "cosine", weight_average: 0.999, validation_share: 0.05, clip_norm: 1 },
    },
];
