import Autoencoders
import CLinux
import Foundation
import Kernels

/// What one job's process may take of the machine, with the settings' zeros worked out.
struct JobLimits: Equatable, Sendable {
    let memoryBytes, threads: Int

    /// - Parameters:
    ///   - installed: the machine's memory in bytes.
    ///   - processors: that the daemon may use.
    init(
        _ settings: Settings, installed: Double = MemoryNeed.installedBytes,
        processors: Int = KernelPool.availableProcessors
    ) {
        let jobs = settings.jobs
        let share = min(installed, 0x1p60) * 3 / 4 / Double(jobs.workers)
        memoryBytes = jobs.memoryLimitBytes > 0 ? jobs.memoryLimitBytes : Int(share)
        let all = settings.compute.threads > 0 ? settings.compute.threads : processors
        threads = jobs.threads > 0 ? jobs.threads : max(1, all / jobs.workers)
    }

    /// Bounds this process, which is a job's, before it allocates anything of size.
    func impose() {
        // Where the machine itself runs out, the job goes rather than the daemon.
        try? Data("500".utf8).write(to: URL(fileURLWithPath: "/proc/self/oom_score_adj"))
        let line =
            #"{"type":"failed","code":"out_of_memory","message":"The job takes more than the \#(memoryBytes) bytes of "#
            + #"memory that jobs.memory_limit_bytes allows.","parameter":"training.batch_size"}"# + "\n"
        // Without them the job is as it was before there were limits.
        _ = linux_tell_exhaustion(line)
        _ = linux_limit_data(UInt64(memoryBytes))
    }
}
