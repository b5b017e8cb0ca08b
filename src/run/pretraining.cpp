#include "src/run/pretraining.hpp"

#include <set>

#include <fmt/format.h>

#include "io/file/setting.hpp"
#include "src/errors.hpp"
#include "src/run/batch_config.hpp"
#include "src/settings/words.hpp"

namespace sslslr {
namespace {

/// Returns the features in the memory where views are created: on the GPU if the options allow it, otherwise
/// in host memory or streamed.
Features placed(const Features& features, const PretrainOptions& options, at::Device device) {
    auto here = features;
    if (options.features_on_device && !is_classical(options.augmentation) && features.streamed == nullptr) {
        here.frames = features.frames.to(device);
    }
    return here;
}

}  // namespace

DataSet data_of(const PretrainOptions& options, const Ranks& ranks) {
    return {options.data,
            {preprocess_config_of(options), weights_type(options.precision), options.memory_limit,
             /*keeps_prints=*/true},
            ranks};
}

Selection selection_of(const PretrainOptions& options) {
    return {.split = options.train_split,
            .left_out_signers = options.left_out_signers,
            .only_labelled = options.method.kind->needs_labels};
}

std::vector<std::int64_t> training_clips(const PretrainOptions& options, const DataSet& data) {
    return select_clips(data.index(), selection_of(options));
}

MethodConfig method_config_of(const PretrainOptions& options, const DataSet& data) {
    auto config = options.method;
    fit_to(config.encoder, data.features().layout);
    config.encoder.frames = options.preprocess.frames;
    config.classes = data.classes().count;
    config.clips = data.features().clips();
    config.pcl.seed = options.seed;
    return config;
}

/// @throws ConfigError  a training clip has no signer, or all training clips are in one group
void check_groups(Balance balance, const std::vector<std::int64_t>& groups,
                  const std::vector<std::int64_t>& clips) {
    if (balance == Balance::none) {
        return;
    }
    std::set<std::int64_t> found;
    for (const auto clip : clips) {
        found.insert(groups[static_cast<std::size_t>(clip)]);
    }
    require(!found.contains(-1),
            fmt::format("{}: some training clips have no signer: leave them out, or choose {}",
                        io::setting("balance", word_of(balance)),
                        io::setting("balance", word_of(Balance::store))));
    require(found.size() > 1, fmt::format("{}: all training clips are from one {}: leave this option out",
                                          io::setting("balance", word_of(balance)), word_of(balance)));
}

std::vector<std::int64_t> groups_of(Balance balance, const DataSet& data) {
    switch (balance) {
        case Balance::none:
            return {};
        case Balance::store:
            return data.stores();
        case Balance::signer:
            return data.features().signers;
    }
    return {};
}

Pretraining::Pretraining(PretrainOptions options, const DataSet& data, std::vector<std::int64_t> clips,
                         dist::Group& group)
    : options_{std::move(options)}, features_{placed(data.features(), options_, group.device())} {
    options_.method = method_config_of(options_, data);
    require(options_.spread_every >= 0, "spread-every", static_cast<double>(options_.spread_every),
            "0 or more");
    check_batches(options_, std::ssize(clips));
    method_ = make_method(options_.method, options_.seed);
    method_->set_precision(options_.precision);
    batch_config_ = agreed_batch_config(options_, group);
    auto balanced = batch_config_;
    balanced.groups = groups_of(options_.balance, data);
    check_groups(options_.balance, balanced.groups, clips);
    batches_.emplace(features_, std::move(clips), std::move(balanced), data.classes().labels);
    const Schedule schedule{options_.schedule, options_.epochs, batches_->steps_per_epoch()};
    last_step_ = options_.max_steps > 0 ? std::min(options_.max_steps, schedule.steps()) : schedule.steps();
    trainer_.emplace(*method_, *batches_, trainer_config_of(options_), schedule, group);
}

}  // namespace sslslr
