#include "src/train/run.hpp"

#include <nlohmann/json.hpp>

#include "io/data_error.hpp"
#include "io/metrics_file.hpp"
#include "src/errors.hpp"

namespace sslslr {
namespace {

namespace fs = std::filesystem;

nlohmann::json row_of(const StepReport& report) {
    nlohmann::json row{{"step", report.step},
                       {"epoch", report.epoch},
                       {"loss", report.loss},
                       {"spread", report.spread.raw},
                       {"spread_normalised", report.spread.normalised},
                       {"learning_rate", report.learning_rate},
                       {"clips_per_s", static_cast<double>(report.clips) / report.seconds},
                       {"seconds", report.seconds},
                       {"data_seconds", report.data_seconds}};
    for (const auto& [name, value] : report.terms) {
        row["loss_" + name] = value;
    }
    return row;
}

void check_same(const std::map<std::string, std::string>& now,
                const std::map<std::string, std::string>& then) {
    for (const auto& [name, value] : now) {
        if (const auto found = then.find(name); found == then.end() || found->second != value) {
            throw ConfigError{"the run was started with another " + name +
                              ": give the same --data and selection, or another --run folder"};
        }
    }
}

/// Rank 0 writes; an error of the file system becomes every rank's.
void write_checkpoint(Trainer& trainer, const dist::Communicator& ranks, const RunConfig& config) {
    trainer.check_weights();
    agree(ranks, [&] {
        if (ranks.rank() != 0) {
            return;
        }
        const auto folder = config.folder / "checkpoints";
        auto content = trainer.state();
        content.attributes.insert(config.attributes.begin(), config.attributes.end());
        io::write_checkpoint(folder / io::checkpoint_name(trainer.steps_done()), content);
        const auto all = io::list_checkpoints(folder);
        auto surplus =
            static_cast<std::int64_t>(all.size()) - std::max<std::int64_t>(config.keep_checkpoints, 1);
        for (auto it = all.begin(); surplus > 0; ++it, --surplus) {
            fs::remove(it->second);
        }
    });
}

}  // namespace

std::optional<io::CheckpointFile> read_newest(const fs::path& run, const dist::Communicator& ranks,
                                              const std::function<void(const std::string&)>& warn) {
    // Rank 0 looks and tries; the others read the very file it chose.
    std::optional<io::CheckpointFile> content;
    std::string chosen;
    std::string warnings;
    agree(ranks, [&] {
        const auto all = ranks.rank() == 0 && fs::exists(run / "checkpoints")
                             ? io::list_checkpoints(run / "checkpoints")
                             : std::map<std::int64_t, fs::path>{};
        for (auto it = all.rbegin(); it != all.rend() && chosen.empty(); ++it) {
            try {
                content = io::read_checkpoint(it->second);
                chosen = it->second.string();
            } catch (const io::DataError& error) {
                warnings += std::string{error.what()} + "; going back to the checkpoint before it\n";
            }
        }
        if (!all.empty() && chosen.empty()) {
            throw io::DataError{run / "checkpoints",
                                "every checkpoint is damaged; move them away to start anew:\n" + warnings};
        }
    });
    if (!warnings.empty()) {
        warn(warnings);
    }
    chosen = ranks.broadcast(chosen);
    agree(ranks, [&] {
        if (ranks.rank() != 0 && !chosen.empty()) {
            content = io::read_checkpoint(chosen);
        }
    });
    return content;
}

bool run_training(Trainer& trainer, dist::Group& group, const RunConfig& config, const RunHooks& hooks) {
    const auto& ranks = group.communicator();
    if (const auto checkpoint = read_newest(config.folder, ranks, hooks.warn)) {
        check_same(config.attributes, checkpoint->attributes);
        trainer.load_state(*checkpoint);
        hooks.on_resume(trainer.steps_done());
    }
    std::optional<io::MetricsFile> metrics;
    agree(ranks, [&] {
        if (ranks.rank() == 0) {
            fs::create_directories(config.folder / "checkpoints");
            metrics.emplace(config.folder / "metrics.jsonl", trainer.steps_done());
        }
    });

    while (trainer.steps_done() < config.last_step) {
        const auto report = trainer.step(hooks.stop_requested());
        if (metrics) {
            metrics->append(row_of(report));
        }
        hooks.on_step(report);
        const bool due = config.checkpoint_every > 0 && report.step % config.checkpoint_every == 0;
        if (due || report.stop || report.step == config.last_step) {
            write_checkpoint(trainer, ranks, config);
        }
        if (report.stop) {
            return report.step == config.last_step;
        }
    }
    return true;
}

}  // namespace sslslr
