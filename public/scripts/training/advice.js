// What a person can do about what went wrong with a job, by the daemon's code.

const advice = {
    memory_limit: "Take a smaller batch or a smaller model, or let whoever runs the daemon raise jobs.memory_limit_bytes.",
    out_of_memory: "Take a smaller batch or a smaller model, or let whoever runs the daemon raise jobs.memory_limit_bytes.",
    disk_full: "Remove ended jobs or uploaded datasets, or make room on the daemon's disk; then start it again.",
    diverged: "Start it again with a tenth of the learning rate, a gradient clip of 1, or a warm-up.",
    crash_loop: "The daemon's log says more. Start it again; if it ends the same way, take a smaller batch.",
    dataset_changed: "The images on the disk are no longer those it began with. Start it again from the beginning.",
    dataset_not_found: "Choose another dataset, or bring this one back; then start it again.",
    dataset_unusable: "The dataset's files cannot be read. Upload it again under another name.",
    checkpoint_failed: "The checkpoint could not be written. Look at the daemon's disk and its log, then start it again.",
    queue_full: "As many jobs wait as may: cancel one, or try again when one has ended.",
    invalid_configuration: "Correct the configuration and start it again.",
};

/** The daemon's sentence and what to do, in one text. */
export function errorAdvice({ code, message }) {
    const next = advice[code];
    return next ? `${message.replace(/([^.!?])$/, "$1.")} ${next}` : message;
}
