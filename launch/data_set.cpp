#include "launch/data_set.hpp"

#include <cstdio>

#include <fmt/format.h>

#include "src/data/clip_selection.hpp"
#include "src/errors.hpp"

namespace sslslr {

DataSet::DataSet(const std::vector<std::string>& files, const PreprocessConfig& config, torch::Dtype dtype,
                 const Ranks& ranks) {
    if (files.empty()) {
        throw ConfigError{"--data STORE.h5 is missing: which clip store shall be read?"};
    }
    agree(ranks.world, [&] { store_.emplace(io::ClipStore::open(files)); });
    features_.emplace(load_features(*store_, config, ranks.world, ranks.node, dtype));
    if (const auto empty = features_->empty_clips().size(); empty > 0 && ranks.is_first()) {
        fmt::print(stderr, "sslslr: {} clips without frames are left out\n", empty);
    }
}

std::string DataSet::fingerprint() const {
    return fmt::format("{:016x}", store_->fingerprint());
}

Classes DataSet::classes() const {
    Classes classes;
    std::vector<std::int64_t> number(index().label_names.size(), -1);
    for (std::size_t label = 0; label < number.size(); ++label) {
        if (index().label_names[label] != no_sign) {
            number[label] = classes.count++;
            classes.names.push_back(index().label_names[label]);
        }
    }
    for (const auto label : index().labels) {
        classes.labels.push_back(label < 0 ? -1 : number[static_cast<std::size_t>(label)]);
    }
    return classes;
}

}  // namespace sslslr
