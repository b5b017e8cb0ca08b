#include "src/train/run.hpp"

#include <cmath>
#include <optional>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "io/metrics_file.hpp"
#include "src/errors.hpp"
#include "src/train/checkpoints.hpp"

namespace sslslr {
namespace {

nlohmann::json row_of(const StepReport& report) {
    nlohmann::json row{{"step", report.step},
                       {"epoch", report.epoch},
                       {"loss", report.loss},
                       {"spread", report.spread.raw},
                       {"spread_normalised", report.spread.normalised},
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

/// One life of a run.
class Run {
public:
    Run(Trainer& trainer, const dist::Communicator& ranks, const RunConfig& config, const RunHooks& hooks)
        : trainer_{trainer},
          ranks_{ranks},
          config_{config},
          hooks_{hooks},
          checkpoints_{config.folder, ranks},
          monitor_{config.collapse, trainer.global_batch()} {}

    bool train() {
        if (const auto checkpoint = checkpoints_.read_newest(hooks_.warn)) {
            check_same(config_.attributes, checkpoint->attributes);
            restore(*checkpoint);
            hooks_.on_resume(trainer_.steps_done());
        }
        open_metrics();
        if (goes_back() && trainer_.steps_done() == 0) {
            write_checkpoint();  // there must be one to go back to
        }
        while (trainer_.steps_done() < config_.last_step) {
            const auto report = trainer_.step(hooks_.stop_requested());
            const bool collapsed = monitor_.observe(report.spread, report.clips);
            append(with_data_share(row_of(report), report));
            hooks_.on_step(report);
            if (collapsed && meet_collapse(report)) {
                continue;
            }
            const bool due = config_.checkpoint_every > 0 && report.step % config_.checkpoint_every == 0;
            if (due || report.stop || report.step == config_.last_step) {
                write_checkpoint();
            }
            if (report.stop) {
                return report.step == config_.last_step;
            }
        }
        return true;
    }

private:
    bool goes_back() const { return config_.collapse.policy == "go-back"; }

    void open_metrics() {
        agree(ranks_, [&] {
            if (ranks_.rank() == 0) {
                std::filesystem::create_directories(config_.folder);
                metrics_.emplace(config_.folder / "metrics.jsonl", trainer_.steps_done());
            }
        });
    }

    /// At the end of an epoch, or of the run, the row tells what share of the epoch's time went by waiting for data.
    nlohmann::json with_data_share(nlohmann::json row, const StepReport& report) {
        epoch_seconds_ += report.seconds.total;
        epoch_data_seconds_ += report.data_seconds;
        if (report.step % trainer_.steps_per_epoch() == 0 || report.step == config_.last_step) {
            row["epoch_data_share"] = epoch_data_seconds_ / epoch_seconds_;
            epoch_seconds_ = 0;
            epoch_data_seconds_ = 0;
        }
        return row;
    }

    void append(const nlohmann::json& row) {
        if (metrics_) {
            metrics_->append(row);
        }
    }

    void warn(const std::string& text) const {
        if (ranks_.rank() == 0) {
            hooks_.warn(text);
        }
    }

    void write_checkpoint() {
        trainer_.check_weights();
        if (monitor_.is_healthy()) {
            last_healthy_ = trainer_.steps_done();
        }
        auto content = trainer_.state();
        content.attributes.insert(config_.attributes.begin(), config_.attributes.end());
        content.attributes.merge(monitor_.state());
        content.attributes["collapse_returns"] = std::to_string(returns_);
        content.attributes["last_healthy_step"] = std::to_string(last_healthy_);
        checkpoints_.write(trainer_.steps_done(), content, config_.keep_checkpoints,
                           goes_back() ? last_healthy_ : -1);
    }

    void restore(const io::CheckpointFile& checkpoint) {
        trainer_.load_state(checkpoint);
        monitor_.load_state(checkpoint.attributes);
        returns_ = std::stoll(checkpoint.attributes.at("collapse_returns"));
        last_healthy_ = std::stoll(checkpoint.attributes.at("last_healthy_step"));
        lower_rate();
    }

    void lower_rate() {
        trainer_.set_rate_factor(std::pow(config_.collapse.rate_factor, static_cast<double>(returns_)));
    }

    /// Does what the policy says. @return true if the training went back
    bool meet_collapse(const StepReport& report) {
        const auto what = fmt::format(
            "the outputs have collapsed: for {} steps up to step {} their spread stayed below {:.3g} of its "
            "first value (spread {:.3g}, normalised {:.3g})",
            config_.collapse.patience, report.step, config_.collapse.threshold, report.spread.raw,
            report.spread.normalised);
        if (config_.collapse.policy == "warn") {
            warn(what + "; the training goes on (--on-collapse stop or go-back to do otherwise)");
            return false;
        }
        if (config_.collapse.policy == "stop") {
            write_checkpoint();
            throw TrainingError{what +
                                ": try a lower --learning-rate, another --optimizer, or batch norm in "
                                "the heads; a checkpoint of this step is written"};
        }
        if (++returns_ > config_.collapse.retries) {
            throw TrainingError{
                fmt::format("{}, after {} returns to a lower rate: the last healthy checkpoint, "
                            "of step {}, is kept",
                            what, config_.collapse.retries, last_healthy_)};
        }
        go_back(report, what);
        return true;
    }

    void go_back(const StepReport& report, const std::string& what) {
        const auto healthy = checkpoints_.read(last_healthy_);
        checkpoints_.remove_after(last_healthy_);
        trainer_.load_state(healthy);
        monitor_.load_state(healthy.attributes);
        lower_rate();
        write_checkpoint();  // the same step with one return more: a new life of the run goes on from here
        open_metrics();
        append({{"step", trainer_.steps_done()},
                {"event", "collapse"},
                {"collapsed_at_step", report.step},
                {"returns", returns_},
                {"learning_rate_factor", trainer_.rate_factor()}});
        warn(fmt::format("{}; going back to step {} with {:.3g} of the learning rate (return {} of {})", what,
                         trainer_.steps_done(), trainer_.rate_factor(), returns_, config_.collapse.retries));
        hooks_.on_resume(trainer_.steps_done());
    }

    Trainer& trainer_;
    const dist::Communicator& ranks_;
    const RunConfig& config_;
    const RunHooks& hooks_;
    Checkpoints checkpoints_;
    CollapseMonitor monitor_;
    std::optional<io::MetricsFile> metrics_;  ///< on rank 0
    double epoch_seconds_ = 0;                ///< of the steps of this epoch that this life of the run did
    double epoch_data_seconds_ = 0;           ///< of them, waiting for data
    std::int64_t returns_ = 0;
    std::int64_t last_healthy_ = -1;  ///< step of the newest checkpoint that was healthy
};

}  // namespace

bool run_training(Trainer& trainer, dist::Group& group, const RunConfig& config, const RunHooks& hooks) {
    return Run{trainer, group.communicator(), config, hooks}.train();
}

}  // namespace sslslr
