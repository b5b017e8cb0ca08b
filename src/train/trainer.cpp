#include "src/train/trainer.hpp"

#include <chrono>
#include <cmath>

#include <fmt/format.h>

#include "dist/agree.hpp"
#include "src/data/keyed_random.hpp"
#include "src/errors.hpp"

namespace sslslr {
namespace {

using Clock = std::chrono::steady_clock;

double seconds_since(Clock::time_point start) {
    return std::chrono::duration<double>(Clock::now() - start).count();
}

std::vector<torch::Tensor> values(const NamedTensors& parameters) {
    std::vector<torch::Tensor> tensors;
    for (const auto& [name, tensor] : parameters) {
        tensors.push_back(tensor);
    }
    return tensors;
}

torch::Tensor sum_of(const std::vector<LossTerm>& terms) {
    auto total = terms.front().value;
    for (std::size_t i = 1; i < terms.size(); ++i) {
        total = total + terms[i].value;
    }
    return total;
}

/// What the ranks add up beside the gradients: [stop flag, loss terms, spread sums], float64.
torch::Tensor packed_report(const LossTerms& loss, bool stop_requested) {
    const auto& z = loss.projection;
    std::vector<torch::Tensor> parts{
        torch::full({1}, stop_requested ? 1.0 : 0.0, z.options().dtype(torch::kDouble))};
    for (const auto& term : loss.terms) {
        parts.push_back(term.value.detach().to(torch::kDouble).view({1}));
    }
    parts.push_back(spread_sums(z));
    return torch::cat(parts);
}

PackedClips moved(PackedClips clips, at::Device device) {
    if (clips.frames.defined()) {
        clips.frames = clips.frames.to(device);
    }
    return clips;
}

}  // namespace

Trainer::Trainer(Method& method, const Batches& batches, const OptimizerConfig& optimizer,
                 const Schedule& schedule, dist::Group& group)
    : method_{method},
      batches_{batches},
      schedule_{schedule},
      learning_rate_{optimizer.learning_rate},
      group_{group},
      parameters_{trained_parameters(method)},
      optimizer_{optimizer, parameters_} {}

StepReport Trainer::step(bool stop_requested) {
    if (reducer_ == nullptr) {
        warm_up();
    }
    const auto start = Clock::now();
    const auto batch = next_batch(steps_done_);
    const double data_seconds = seconds_since(start);

    const auto loss = method_.loss(batch);
    auto report = packed_report(loss, stop_requested);
    const auto wait_for_report = group_.start_all_reduce_sum(report);
    reducer_->backward_and_sum(sum_of(loss.terms));
    wait_for_report();
    report = report.cpu();

    StepReport result{.step = steps_done_ + 1,
                      .epoch = steps_done_ / batches_.steps_per_epoch() + 1,
                      .clips = batch.global_size,
                      .learning_rate = learning_rate_ * schedule_.factor(steps_done_),
                      .data_seconds = data_seconds,
                      .stop = report[0].item<double>() > 0};
    for (std::size_t i = 0; i < loss.terms.size(); ++i) {
        result.terms.emplace_back(loss.terms[i].name,
                                  report[static_cast<std::int64_t>(i) + 1].item<double>());
        result.loss += result.terms.back().second;
    }
    result.spread =
        spread_of(report.slice(0, static_cast<std::int64_t>(loss.terms.size()) + 1), batch.global_size);
    if (!std::isfinite(result.loss)) {
        throw TrainingError{fmt::format(
            "the loss is {} at step {} (learning rate {:.3g}): try a lower --learning-rate or a warm-up; "
            "the last checkpoint is kept",
            result.loss, result.step, result.learning_rate)};
    }

    optimizer_.step(result.learning_rate);
    ++steps_done_;
    method_.after_step(static_cast<double>(steps_done_) / static_cast<double>(schedule_.steps()));
    result.seconds = seconds_since(start);
    return result;
}

void Trainer::warm_up() {
    method_.to(group_.device());
    method_.train();
    reducer_ = std::make_unique<dist::GradientReducer>(values(parameters_), group_);
    for (const auto& buffer : method_.buffers()) {
        group_.broadcast(buffer);
    }
    reducer_->backward_and_sum(sum_of(method_.loss(next_batch(0)).terms));  // always the same batch
}

Batch Trainer::next_batch(std::int64_t step) const {
    auto batch = batches_.share(step, group_.rank(), group_.size(), method_);
    const auto device = group_.device();
    if (!device.is_cpu()) {
        torch::manual_seed(mix({batch.dropout_seed, static_cast<std::uint64_t>(group_.rank())}));
    }
    auto& [anchor, first, second] = batch.views;
    anchor = moved(anchor, device);
    first = moved(first, device);
    second = moved(second, device);
    if (batch.labels.defined()) {
        batch.labels = batch.labels.to(device);
    }
    return batch;
}

io::CheckpointFile Trainer::state() const {
    io::CheckpointFile file;
    for (const auto& [name, tensor] : state_tensors(method_)) {
        file.tensors["model/" + name] = tensor.detach().cpu();
    }
    for (const auto& [name, tensor] : optimizer_.state()) {
        file.tensors["optimizer/" + name] = tensor.cpu();
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
                fmt::format("after step {} rank {} holds other weights than rank 0 (a bug or failing "
                            "memory): start again from the last checkpoint",
                            steps_done_, rank),
                exit_rank_failed};
        }
    }
    for (const auto& [name, tensor] : state_tensors(method_)) {
        if (!tensor.isfinite().all().item<bool>()) {
            throw TrainingError{fmt::format("{} is not finite after step {}: try a lower --learning-rate",
                                            name, steps_done_)};
        }
    }
}

}  // namespace sslslr
