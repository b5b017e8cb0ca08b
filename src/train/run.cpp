#include "src/train/run.hpp"

#include <chrono>
#include <optional>
#include <utility>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "dist/activity.hpp"
#include "io/file/data_error.hpp"
#include "io/file/metrics_file.hpp"
#include "io/file/setting.hpp"
#include "src/errors.hpp"
#include "src/train/checkpoint_writer.hpp"
#include "src/train/checkpoints.hpp"
#include "src/train/steps_under_way.hpp"

namespace sslslr {
namespace {

nlohmann::json row_of(const StepReport& report) {
    nlohmann::json row{{"step", report.step},
                       {"epoch", report.epoch},
                       {"loss", report.loss},
                       {"learning_rate", report.learning_rate},
                       {"clips_per_s", static_cast<double>(report.clips) / report.seconds.total},
                       {"seconds", report.seconds.total},
                       {"data_seconds", report.data_seconds}};
    for (const auto& [name, value] : report.terms) {
        row["loss_" + name] = value;
    }
    if (report.gradient_norm > 0) {
        row["gradient_norm"] = report.gradient_norm;
    }
    if (report.spread) {
        const auto add = [&](const char* name, const char* name_normalised, const Spread& spread) {
            row[name] = spread.raw;
            row[name_normalised] = spread.normalised;
        };
        add("spread_features", "spread_features_normalised", report.spread->features);
        if (report.spread->projections) {
            add("spread", "spread_normalised", *report.spread->projections);
        }
    }
    if (report.order_sensitivity) {
        row["order_sensitivity"] = *report.order_sensitivity;
    }
    return row;
}

double seconds_since(std::chrono::steady_clock::time_point begin) {
    return std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
}

/// A run, from its start or a checkpoint until it ends or is stopped.
class Run {
public:
    Run(Trainer& trainer, dist::Group& group, const RunConfig& config, const RunHooks& hooks)
        : trainer_{trainer},
          group_{group},
          ranks_{group.communicator()},
          config_{config},
          attributes_{config.attributes},
          hooks_{hooks},
          checkpoints_{config.folder, ranks_},
          writer_{checkpoints_, group, [this] { return order(); }, hooks.warn, hooks.write_checkpoint},
          monitor_{config.collapse} {}

    bool train() {
        checkpoints_.remove_half_written();
        if (const auto checkpoint = checkpoints_.read_newest(hooks_.warn)) {
            refuse_lowered_rate(checkpoint->attributes);
            config_.check_attributes(checkpoint->attributes, attributes_);
            trainer_.load_state(*checkpoint);
            monitor_.load_state(checkpoint->attributes);
            hooks_.on_resume(trainer_.steps_done());
        }
        hooks_.on_start();
        open_metrics();
        const StepsUnderWay steps{group_};
        while (trainer_.steps_done() < config_.last_step) {
            const auto report = next_step();
            const bool collapsed = is_watched(report.step) && monitor_.observe(report.spread->outputs());
            append(with_shares(row_of(report), report));
            hooks_.on_step(report);
            if (collapsed) {
                meet_collapse(report);
            }
            const bool is_last = report.stop || report.step == config_.last_step;
            if (is_last || is_multiple(report.step, config_.checkpoint_every)) {
                write_checkpoint();
            }
            if (is_last) {
                writer_.finish();
                write_last_rows();
                return report.step == config_.last_step;
            }
            writer_.look_after();
        }
        return true;
    }

private:
    /// Whether `step` is a multiple of `every`; never if that is 0.
    static bool is_multiple(std::int64_t step, std::int64_t every) { return every > 0 && step % every == 0; }

    /// Whether the collapse monitor records this step's measurement. It ignores one that is only due to the
    /// end of the run, so that a resumed run has watched the same steps as one that was not interrupted.
    bool is_watched(std::int64_t step) const {
        return config_.spread_every && (step == 1 || is_multiple(step, *config_.spread_every));
    }

    StepReport next_step() {
        const auto step = trainer_.steps_done() + 1;
        hooks_.before_step(step);
        if (step > 1) {
            auto report = trainer_.step(hooks_.stop_requested());
            measure(step, report);
            return report;
        }
        StepReport before;
        dist::enter_step(step);  // so that hanging ranks are detected while measuring
        measure(step, before);
        auto report = trainer_.step(hooks_.stop_requested());
        report.spread = before.spread;
        report.order_sensitivity = before.order_sensitivity;
        return report;
    }

    /// Measures the current outputs, if the row of this step has measurements.
    void measure(std::int64_t step, StepReport& report) {
        if (!config_.spread_every) {
            return;
        }
        const auto begin = std::chrono::steady_clock::now();
        const bool is_end = step == config_.last_step;
        if (is_watched(step) || is_end) {
            report.spread = trainer_.measure_spread();
        }
        if (step == 1 || is_multiple(step, config_.checkpoint_every) || is_end) {
            report.order_sensitivity = trainer_.measure_order_sensitivity();
        }
        if (report.spread || report.order_sensitivity) {
            measure_seconds_ = seconds_since(begin);
        }
    }

    /// Release 0.1.0 could continue a collapsed run from a healthy checkpoint at a lower rate. Only that
    /// release can resume such a run.
    void refuse_lowered_rate(const std::map<std::string, std::string>& attributes) const {
        const auto returns = attributes.find("collapse_returns");
        require(returns == attributes.end() || returns->second == "0",
                fmt::format(
                    "{}: an earlier release lowered its learning rate after a collapse, which this release "
                    "cannot continue: start again in another {} folder",
                    io::setting("run", config_.folder.string()), io::setting("run")));
    }

    void open_metrics() {
        agree(ranks_, [&] {
            if (ranks_.rank() == 0) {
                std::filesystem::create_directories(config_.folder);
                metrics_.emplace(config_.folder / "metrics.jsonl", trainer_.steps_done());
            }
        });
    }

    /// Adds times to the row: at the end of an epoch or of the run, the share of the epoch's time that was
    /// spent waiting for data; after a checkpoint, how long it held up the training; with measurements, how
    /// long they took.
    nlohmann::json with_shares(nlohmann::json row, const StepReport& report) {
        epoch_seconds_ += report.seconds.total;
        epoch_data_seconds_ += report.data_seconds;
        if (report.step % trainer_.steps_per_epoch() == 0 || report.step == config_.last_step) {
            row["epoch_data_share"] = epoch_data_seconds_ / epoch_seconds_;
            epoch_seconds_ = 0;
            epoch_data_seconds_ = 0;
        }
        if (checkpoint_seconds_ > 0) {
            row["checkpoint_seconds"] = std::exchange(checkpoint_seconds_, 0);
        }
        if (measure_seconds_ > 0) {
            row["measure_seconds"] = std::exchange(measure_seconds_, 0);
        }
        return row;
    }

    void append(const nlohmann::json& row) {
        if (!metrics_) {
            return;
        }
        try {
            metrics_->append(row);
            metrics_fail_ = false;
        } catch (const io::DataError& error) {
            if (!std::exchange(metrics_fail_, true)) {
                warn(fmt::format("{}; the training continues and tries again with every row", error.what()));
            }
        }
    }

    /// Writes rows for which there was no space before: there may be some now, since a checkpoint has been
    /// written.
    void write_last_rows() {
        if (!metrics_) {
            return;
        }
        try {
            metrics_->flush();
        } catch (const io::DataError& error) {
            warn(fmt::format("{}; its last rows are lost, weights are not", error.what()));
        }
    }

    void warn(const std::string& text) const {
        if (ranks_.rank() == 0) {
            hooks_.warn(text);
        }
    }

    /// Returns the current state of the training as a checkpoint.
    CheckpointOrder order() const {
        auto content = trainer_.state();
        content.attributes.insert(attributes_.begin(), attributes_.end());
        content.attributes.merge(monitor_.state());
        return {trainer_.steps_done(), std::move(content), config_.keep_checkpoints};
    }

    void write_checkpoint() {
        const auto begin = std::chrono::steady_clock::now();
        hooks_.before_checkpoint();
        trainer_.check_weights();
        writer_.start();
        checkpoint_seconds_ += seconds_since(begin);
    }

    /// Responds to a collapse as the policy says.
    /// @throws TrainingError  with the policy "stop"
    void meet_collapse(const StepReport& report) {
        const auto what = fmt::format(
            "the outputs have collapsed: in {} measurements up to step {} their spread was below {:.3g} of "
            "its first value (spread {:.3g}, normalised {:.3g})",
            config_.collapse.patience, report.step, config_.collapse.threshold, report.spread->outputs().raw,
            report.spread->outputs().normalised);
        if (config_.collapse.policy == CollapsePolicy::warn) {
            warn(what +
                 fmt::format("; the training continues ({} ends it)", io::setting("on-collapse", "stop")));
            return;
        }
        write_checkpoint();
        writer_.finish();
        write_last_rows();
        throw TrainingError{what +
                            fmt::format(": try a lower {}, another {}, a {}, or batch norm in the heads; a "
                                        "checkpoint of this step is written",
                                        io::setting("learning-rate"), io::setting("optimizer"),
                                        io::setting("regulariser"))};
    }

    Trainer& trainer_;
    dist::Group& group_;
    const dist::Communicator& ranks_;
    const RunConfig& config_;
    std::map<std::string, std::string> attributes_;  ///< written into every checkpoint
    const RunHooks& hooks_;
    Checkpoints checkpoints_;
    CheckpointWriter writer_;
    CollapseMonitor monitor_;
    std::optional<io::MetricsFile> metrics_;  ///< on rank 0
    bool metrics_fail_ = false;               ///< the last row could not be written and is buffered
    double epoch_seconds_ = 0;                ///< of the epoch's steps since the run was started or resumed
    double epoch_data_seconds_ = 0;           ///< of these, spent waiting for data
    double checkpoint_seconds_ = 0;           ///< spent on checkpoints since the last row
    double measure_seconds_ = 0;              ///< spent on the measurements of the next row
};

}  // namespace

bool run_training(Trainer& trainer, dist::Group& group, const RunConfig& config, const RunHooks& hooks) {
    return Run{trainer, group, config, hooks}.train();
}

}  // namespace sslslr
