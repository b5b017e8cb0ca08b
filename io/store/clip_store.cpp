#include "io/store/clip_store.hpp"

#include <algorithm>
#include <optional>
#include <set>
#include <stdexcept>
#include <unordered_map>
#include <utility>

#include <fmt/format.h>
#include <sys/stat.h>

#include "io/file/checksum.hpp"
#include "io/file/data_error.hpp"
#include "io/file/file_pattern.hpp"
#include "io/file/sealed_file.hpp"
#include "io/hdf5/foreign_trial.hpp"
#include "io/hdf5/hdf5_input.hpp"
#include "io/store/join_index.hpp"
#include "io/store/landmarks.hpp"
#include "io/store/store_index.hpp"

namespace sslslr::io {
namespace {

using Path = std::filesystem::path;

struct StoreFile {
    ClipIndex index;
    std::vector<std::uint64_t> checksums;  // of blocks of landmarks
    std::unique_ptr<Landmarks> landmarks;
};

/// @throws DataError  no file matches
std::vector<Path> matches_of(const std::string& pattern) {
    auto files = files_matching(pattern);
    if (files.empty()) {
        throw DataError{
            pattern, "no such file, and no file matches it as a pattern; quote patterns on the command line"};
    }
    return files;
}

std::vector<Path> files_of(const std::vector<std::string>& patterns) {
    std::vector<Path> files;
    std::set<std::pair<dev_t, ino_t>> known;
    for (const auto& pattern : patterns) {
        for (auto& file : matches_of(pattern)) {
            struct stat status {};
            const bool is_there = ::stat(file.c_str(), &status) == 0;  // if not, opening it reports why
            if (is_there && !known.emplace(status.st_dev, status.st_ino).second) {
                throw DataError{file, "given twice: its clips would count double in training and testing"};
            }
            files.push_back(std::move(file));
        }
    }
    return files;
}

/// Returns the checksums of a file's landmarks. An unsealed file is first checked, in a child process.
std::vector<std::uint64_t> checksums_in(const Path& path, const std::optional<ByteRange>& bulk) {
    if (bulk) {
        return hdf5::InputFile{path}.integers<std::uint64_t>("/checksums/landmarks");
    }
    return run_in_child(path, [&path] {
        hdf5::InputFile file{path};
        read_index(file);
        return landmark_checksums(std::move(file));
    });
}

StoreFile open_file(const Path& path) {
    const auto bulk = verify(path);
    StoreFile store;
    store.checksums = checksums_in(path, bulk);
    const hdf5::InputFile file{path};
    store.index = read_index(file);
    if (!bulk || bulk->bytes == 0) {
        store.landmarks =
            decoded_landmarks(path, store.checksums, [path] { return checksums_in(path, verify(path)); });
        return store;
    }
    const auto layout = plain_layout(file);
    if (const auto& lies = layout.bulk; lies.offset != bulk->offset || lies.bytes != bulk->bytes) {
        file.fail("/landmarks", fmt::format("expected {} bytes at {} as the seal says, found {} at {}",
                                            bulk->bytes, bulk->offset, lies.bytes, lies.offset));
    }
    store.landmarks = plain_landmarks(path, layout, store.checksums);
    return store;
}

std::set<std::string> names_of(const std::map<std::string, std::vector<std::int64_t>>& splits) {
    std::set<std::string> names;
    for (const auto& [name, clips] : splits) {
        names.insert(name);
    }
    return names;
}

/// @param splits  names of the splits of each file
std::map<std::string, std::vector<std::string>> files_without_split(
    const ClipIndex& all, const std::vector<std::set<std::string>>& splits, const std::vector<Path>& files) {
    std::map<std::string, std::vector<std::string>> lacking;
    for (const auto& [name, clips] : all.splits) {
        for (std::size_t file = 0; file < files.size(); ++file) {
            if (!splits[file].contains(name)) {
                lacking[name].push_back(files[file].string());
            }
        }
    }
    return lacking;
}

}  // namespace

struct ClipStore::Impl {
    struct Part {
        std::int64_t first_clip;
        std::int64_t first_frame;
        std::unique_ptr<Landmarks> landmarks;
    };

    ClipIndex index;
    std::vector<Path> files;
    std::vector<Part> parts;  // one per file
    std::uint64_t fingerprint = 0;
    std::uint64_t landmarks_fingerprint = 0;
};

ClipStore::ClipStore(std::unique_ptr<Impl> impl) : impl_{std::move(impl)} {}
ClipStore::ClipStore(ClipStore&&) noexcept = default;
ClipStore& ClipStore::operator=(ClipStore&&) noexcept = default;
ClipStore::~ClipStore() = default;

ClipStore ClipStore::open(const std::vector<std::string>& patterns) {
    const auto alone = hdf5::exclusive_use();
    auto impl = std::make_unique<Impl>();
    impl->files = files_of(patterns);
    if (impl->files.empty()) {
        throw std::invalid_argument{"a clip store needs at least one file"};
    }
    std::vector<std::uint64_t> checksums;
    std::vector<std::set<std::string>> splits;
    for (const auto& path : impl->files) {
        auto file = open_file(path);
        checksums.insert(checksums.end(), file.checksums.begin(), file.checksums.end());
        splits.push_back(names_of(file.index.splits));
        const bool is_first = impl->parts.empty();
        impl->parts.push_back({is_first ? 0 : impl->index.clips(), is_first ? 0 : impl->index.frames(),
                               std::move(file.landmarks)});
        if (is_first) {
            impl->index = std::move(file.index);
        } else {
            append(impl->index, file.index, impl->files.front(), path);
        }
    }
    impl->index.files_without_split = files_without_split(impl->index, splits, impl->files);
    impl->fingerprint = fingerprint_of(impl->index, checksums);
    impl->landmarks_fingerprint = landmarks_fingerprint_of(impl->index, checksums);
    return ClipStore{std::move(impl)};
}

const ClipIndex& ClipStore::index() const noexcept {
    return impl_->index;
}
const std::vector<Path>& ClipStore::files() const noexcept {
    return impl_->files;
}
std::size_t ClipStore::file_of(std::int64_t clip) const {
    const auto after = std::ranges::upper_bound(impl_->parts, clip, {}, &Impl::Part::first_clip);
    return static_cast<std::size_t>(after - impl_->parts.begin()) - 1;
}
bool ClipStore::is_float16() const noexcept {
    return std::ranges::all_of(impl_->parts,
                               [](const auto& part) { return part.landmarks->value_bytes() == 2; });
}
std::uint64_t ClipStore::fingerprint() const noexcept {
    return impl_->fingerprint;
}
std::string ClipStore::fingerprint_text() const {
    return hex(fingerprint());
}
std::uint64_t ClipStore::landmarks_fingerprint() const noexcept {
    return impl_->landmarks_fingerprint;
}

void ClipStore::read(std::int64_t first, std::int64_t last, std::span<float> out) const {
    const auto& index = impl_->index;
    if (first < 0 || last < first || last > index.clips()) {
        throw std::out_of_range{
            fmt::format("clips [{}, {}) of a store of {} clips", first, last, index.clips())};
    }
    auto frame = index.offsets[static_cast<std::size_t>(first)];
    const auto end = index.offsets[static_cast<std::size_t>(last)];
    const auto values_per_frame = index.point_names.size() * static_cast<std::size_t>(index.coordinates);
    if (out.size() != static_cast<std::size_t>(end - frame) * values_per_frame) {
        throw std::invalid_argument{
            fmt::format("clips [{}, {}) have {} frames of {} values, room was given for {} values", first,
                        last, end - frame, values_per_frame, out.size())};
    }
    const auto after = std::ranges::upper_bound(impl_->parts, frame, {}, &Impl::Part::first_frame);
    for (auto i = static_cast<std::size_t>(after - impl_->parts.begin()) - 1;
         i < impl_->parts.size() && frame < end; ++i) {
        const auto& part = impl_->parts[i];
        const auto part_end = i + 1 < impl_->parts.size() ? impl_->parts[i + 1].first_frame : index.frames();
        if (frame < part_end) {
            const auto frames = std::min(end, part_end) - frame;
            const auto values = static_cast<std::size_t>(frames) * values_per_frame;
            part.landmarks->read(static_cast<std::uint64_t>(frame - part.first_frame), out.first(values));
            out = out.subspan(values);
            frame += frames;
        }
    }
}

}  // namespace sslslr::io
