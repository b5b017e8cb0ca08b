#include "src/train/trainer.hpp"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <utility>

#include <fmt/format.h>

#include "dist/activity.hpp"
#include "dist/agree.hpp"
#include "io/file/setting.hpp"
#include "src/errors.hpp"
#include "src/evaluate/order_sensitivity.hpp"
#include "src/train/share_gradient.hpp"

namespace sslslr {
namespace {

using Clock = std::chrono::steady_clock;

/// A stopwatch: seconds since its construction, and since the last lap.
class Stopwatch {
public:
    double total() const { return seconds_since(start_); }
    double lap() {
        const double seconds = seconds_since(lap_);
        lap_ = Clock::now();
        return seconds;
    }

private:
    static double seconds_since(Clock::time_point from) {
        return std::chrono::duration<double>(Clock::now() - from).count();
    }

    Clock::time_point start_ = Clock::now();
    Clock::time_point lap_ = start_;
};

std::vector<torch::Tensor> values(const NamedTensors& parameters) {
    std::vector<torch::Tensor> tensors;
    for (const auto& [name, tensor] : parameters) {
        tensors.push_back(tensor);
    }
    return tensors;
}

torch::Tensor copied(const torch::Tensor& tensor) {
    return tensor.to(at::kCPU, tensor.scalar_type(), /*non_blocking=*/false, /*copy=*/true);
}

Method& moved(Method& method, at::Device device) {
    method.to(device);
    return method;
}

/// Places in the float64 report that is summed over the ranks besides the gradients; the loss terms come
/// last.
namespace report_at {
enum : std::int64_t { stop_requests, failures, data_seconds, first_term };
}

torch::Tensor packed_report(const LossTerms& loss, bool stop_requested, bool has_failed,
                            double data_seconds) {
    auto notes = torch::empty({report_at::first_term}, torch::kDouble);
    notes[report_at::stop_requests] = stop_requested ? 1.0 : 0.0;
    notes[report_at::failures] = has_failed ? 1.0 : 0.0;
    notes[report_at::data_seconds] = data_seconds;
    std::vector<torch::Tensor> parts{notes.to(loss.terms.front().value.device())};
    for (const auto& term : loss.terms) {
        parts.push_back(term.value.detach().to(torch::kDouble).view({1}));
    }
    return torch::cat(parts);
}

/// Reads the sum of the reports of all ranks.
void read_report(const torch::Tensor& report, const LossTerms& loss, int ranks, StepReport& result) {
    const auto terms = static_cast<std::int64_t>(loss.terms.size());
    result.stop = report[report_at::stop_requests].item<double>() > 0;
    result.data_seconds = report[report_at::data_seconds].item<double>() / ranks;
    for (std::int64_t i = 0; i < terms; ++i) {
        result.terms.emplace_back(loss.terms[static_cast<std::size_t>(i)].name,
                                  report[report_at::first_term + i].item<double>());
        result.loss += result.terms.back().second;
    }
}

}  // namespace

Trainer::Trainer(Method& method, const Batches& batches, const TrainerConfig& config,
                 const Schedule& schedule, dist::Group& group)
    : method_{moved(method, group.device())},
      batches_{batches},
      config_{config},
      schedule_{schedule},
      learning_rate_{scaled_rate(config.optimizer, batches.global_batch())},
      fixed_clips_{fixed_clips(batches.clip_numbers())},
      group_{group},
      parameters_{trained_parameters(method)},
      optimizer_{config.optimizer, parameters_},
      ahead_{batches.ahead(),
             {.make =
                  [this](std::int64_t step) {
                      return batches_.share(step, group_.rank(), group_.size(), method_);
                  },
              .bytes_of = [](const Batch& batch) { return bytes_of(batch); }}} {
    if (config.micro_batch < 0) {
        throw ConfigError{
            fmt::format("{}: expected 0 or more", io::setting("micro-batch", config.micro_batch))};
    }
}

StepReport Trainer::step(bool stop_requested) {
    dist::enter_step(steps_done_ + 1);
    warm_up();
    Stopwatch watch;
    if (steps_done_ % batches_.steps_per_epoch() == 0) {
        begin_epoch(steps_done_ / batches_.steps_per_epoch());
    }
    StepTimes seconds;
    watch.lap();
    const auto batch = next_batch();
    seconds.data = watch.lap();
    torch::Tensor report;
    std::function<void()> wait_for_report;
    const ShareGradient back_propagate{method_, group_, *reducer_, config_.micro_batch};
    const auto loss = back_propagate(batch, [&](const LossTerms& known) {
        report = packed_report(known, stop_requested, failure_ != nullptr, seconds.data);
        wait_for_report = group_.start_all_reduce_sum(report);
        seconds.forward = watch.lap();
    });
    wait_for_report();
    seconds.backward = watch.lap();

    StepReport result{.step = steps_done_ + 1,
                      .epoch = steps_done_ / batches_.steps_per_epoch() + 1,
                      .clips = batch.global_size,
                      .learning_rate = learning_rate_ * schedule_.factor(steps_done_)};
    report = report.cpu();
    if (report[report_at::failures].item<double>() > 0) {
        agree(group_.communicator(), [this] {
            if (failure_) {
                std::rethrow_exception(failure_);
            }
        });
    }
    read_report(report, loss, group_.size(), result);
    if (!std::isfinite(result.loss)) {
        throw TrainingError{
            fmt::format("the loss is {} at step {} (learning rate {:.3g}): try a lower {} or a warm-up; the "
                        "last checkpoint is kept",
                        std::fabs(result.loss), result.step, result.learning_rate,
                        io::setting("learning-rate"))};  // without its sign, which a NaN may have
    }

    result.gradient_norm = optimizer_.step(result.learning_rate, learning_rate_);
    ++steps_done_;
    const auto progress = static_cast<double>(steps_done_) / static_cast<double>(schedule_.steps());
    method_.after_step(std::min(progress, 1.0), batch, loss, group_);
    seconds.update = watch.lap();
    seconds.total = watch.total();
    result.seconds = seconds;
    return result;
}

OutputSpread Trainer::measure_spread() {
    warm_up();
    return sslslr::measure_spread(method_, batches_.features(), fixed_clips_, group_);
}

double Trainer::measure_order_sensitivity() {
    constexpr std::int64_t draws = 5;
    warm_up();
    return order_sensitivity(method_, batches_.features(), fixed_clips_, group_, draws);
}

void Trainer::warm_up() {
    if (reducer_ != nullptr) {
        return;
    }
    method_.train();
    for (const auto& [name, tensor] : state_tensors(method_)) {
        group_.broadcast(tensor.detach());
    }
    reducer_ = std::make_unique<dist::GradientReducer>(values(parameters_), group_, config_.reduction);
    method_.set_gradient_places(reducer_->places());

    // The pass also changes batch norm's running statistics; they are restored afterwards.
    std::vector<torch::Tensor> before;
    for (const auto& buffer : method_.buffers()) {
        before.push_back(buffer.clone());
    }
    const ShareGradient back_propagate{method_, group_, *reducer_, config_.micro_batch};
    Batch batch;
    agree(group_.communicator(), [&] {
        batch =
            on_device(batches_.share(0, group_.rank(), group_.size(), method_));  // always the first batch
    });
    back_propagate(batch, [](const LossTerms&) {});
    for (std::size_t i = 0; i < before.size(); ++i) {
        method_.buffers()[i].copy_(before[i]);
    }
}

void Trainer::begin_epoch(std::int64_t epoch) {
    const Recorded clips{
        batches_.clip_numbers(),
        [&](std::int64_t begin, std::int64_t end) { return on_device(batches_.recorded(begin, end)); },
        batches_.ahead()};
    method_.before_epoch(epoch, clips, group_);
}

Batch Trainer::next_batch() {
    try {
        return on_device(ahead_.take(steps_done_));
    } catch (const std::exception&) {
        failure_ = std::current_exception();
        return on_device(batches_.blank_share(steps_done_, group_.rank(), group_.size(), method_));
    }
}

Batch Trainer::on_device(Batch batch) const {
    auto& [anchor, first, second] = batch.views;
    anchor = on_device(std::move(anchor));
    first = on_device(std::move(first));
    second = on_device(std::move(second));
    if (batch.labels.defined()) {
        batch.labels = batch.labels.to(group_.device());
    }
    return batch;
}

PackedClips Trainer::on_device(PackedClips clips) const {
    if (clips.frames.defined()) {
        clips.frames = clips.frames.to(group_.device());
    }
    return clips;
}

io::CheckpointFile Trainer::state() const {
    io::CheckpointFile file;
    for (const auto& [name, tensor] : state_tensors(method_)) {
        file.tensors["model/" + name] = copied(tensor.detach());
    }
    for (const auto& [name, tensor] : optimizer_.state()) {
        file.tensors["optimizer/" + name] = copied(tensor);
    }
    file.attributes["step"] = std::to_string(steps_done_);
    return file;
}

void Trainer::load_state(const io::CheckpointFile& state) {
    load_weights(method_, state);
    std::map<std::string, torch::Tensor> optimizer;
    const std::string prefix = "optimizer/";
    for (const auto& [name, tensor] : state.tensors) {
        if (name.starts_with(prefix)) {
            optimizer[name.substr(prefix.size())] = tensor;
        }
    }
    optimizer_.load_state(optimizer);
    steps_done_ = std::stoll(state.attributes.at("step"));
}

void Trainer::check_weights() {
    const auto mine = fmt::format("{:016x}", weights_fingerprint(method_));
    const auto all = group_.communicator().all_gather(mine);
    for (int rank = 0; rank < group_.size(); ++rank) {
        if (all[static_cast<std::size_t>(rank)] != all.front()) {
            throw dist::AgreedError{
                fmt::format(
                    "after step {} the weights of rank {} differ from those of rank 0 (a bug or failing "
                    "memory): start again from the last checkpoint",
                    steps_done_, rank),
                exit_rank_failed};
        }
    }
    for (const auto& [name, tensor] : state_tensors(method_)) {
        if (!tensor.isfinite().all().item<bool>()) {
            throw TrainingError{fmt::format("{} is not finite after step {}: try a lower {}", name,
                                            steps_done_, io::setting("learning-rate"))};
        }
    }
}

}  // namespace sslslr
