#include "src/data/data_identity.hpp"

#include <span>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "io/file/checksum.hpp"
#include "io/file/json_text.hpp"

namespace sslslr {

NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(ClipSet, clips, hash)
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(DataIdentity, clips, frames, points, point_names, landmarks, training,
                                   labels, splits)

namespace {

ClipSet set_of(const std::vector<std::int64_t>& clips) {
    return {std::ssize(clips), io::hex(io::checksum(std::as_bytes(std::span{clips})))};
}

std::string names_of_points(const io::ClipIndex& index) {
    auto text = fmt::format("{} axes", index.coordinates);
    for (const auto& name : index.point_names) {
        text += '\n' + name;
    }
    return text;
}

std::string names_of_labels(const io::ClipIndex& index, const std::vector<std::int64_t>& clips) {
    std::string text;
    for (const auto clip : clips) {
        const auto label = index.labels[static_cast<std::size_t>(clip)];
        text += (label < 0 ? std::string{} : index.label_names[static_cast<std::size_t>(label)]) + '\n';
    }
    return text;
}

/// Describes how the splits differ, which may be why the training clips differ.
std::string changed_splits(const DataIdentity& then, const DataIdentity& now) {
    std::string text;
    for (const auto& [name, clips] : now.splits) {
        const auto before = then.splits.find(name);
        if (before == then.splits.end()) {
            text += fmt::format("; split {} is new", name);
        } else if (before->second != clips) {
            text += fmt::format("; split {} has {} clips (before: {}{})", name, clips.clips,
                                before->second.clips, clips.clips == before->second.clips ? " others" : "");
        }
    }
    for (const auto& [name, clips] : then.splits) {
        text += now.splits.contains(name)
                    ? ""
                    : fmt::format("; split {} of {} clips was removed", name, clips.clips);
    }
    return text;
}

}  // namespace

DataIdentity identity_of(const io::ClipStore& store, const std::vector<std::int64_t>& training_clips,
                         bool learns_labels) {
    const auto& index = store.index();
    DataIdentity identity;
    identity.clips = index.clips();
    identity.frames = index.frames();
    identity.points = static_cast<std::int64_t>(index.point_names.size());
    identity.point_names = io::hash_text(names_of_points(index));
    identity.landmarks = io::hex(store.landmarks_fingerprint());
    identity.training = set_of(training_clips);
    if (learns_labels) {
        identity.labels = io::hash_text(names_of_labels(index, training_clips));
    }
    for (const auto& [name, clips] : index.splits) {
        identity.splits[name] = set_of(clips);
    }
    return identity;
}

std::string DataIdentity::text() const {
    return io::json_text(nlohmann::json(*this));
}

DataIdentity DataIdentity::parse(const std::string& text) {
    return nlohmann::json::parse(text).get<DataIdentity>();
}

std::vector<std::string> differences(const DataIdentity& then, const DataIdentity& now) {
    std::vector<std::string> found;
    if (now.clips != then.clips || now.frames != then.frames) {
        found.push_back(fmt::format("{} clips of {} frames (before: {} of {})", now.clips, now.frames,
                                    then.clips, then.frames));
    }
    if (now.points != then.points) {
        found.push_back(fmt::format("{} points (before: {})", now.points, then.points));
    } else if (now.point_names != then.point_names) {
        found.emplace_back("points of other names, or other axes");
    }
    if (now.landmarks != then.landmarks) {
        found.push_back(fmt::format("landmarks of other content or layout ({}, before: {})", now.landmarks,
                                    then.landmarks));
    }
    if (now.training != then.training) {
        found.push_back(fmt::format("{}{} training clips (before: {})", now.training.clips,
                                    now.training.clips == then.training.clips ? " other" : "",
                                    then.training.clips));
    }
    if (now.labels != then.labels) {
        found.emplace_back("other labels of the training clips");
    }
    if (!found.empty()) {
        found.back() += changed_splits(then, now);
    }
    return found;
}

}  // namespace sslslr
