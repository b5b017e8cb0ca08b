#include "src/evaluate/feature_cache.hpp"

#include <random>
#include <system_error>

#include <fmt/format.h>

#include "io/file/checksum.hpp"
#include "io/file/data_error.hpp"
#include "io/tensors/checkpoint_file.hpp"
#include "src/data/gather.hpp"

namespace sslslr {
namespace {

constexpr auto tensor_name = "features";

/// A hash of texts, numbers and tensors. Each is preceded by its length, so that boundaries are unambiguous.
class Fingerprint {
public:
    void add(std::int64_t number) { checksum_.add(std::as_bytes(std::span{&number, 1})); }

    void add(const std::string& text) {
        add(static_cast<std::int64_t>(text.size()));
        checksum_.add(std::as_bytes(std::span{text}));
    }

    void add(const torch::Tensor& tensor) {
        add(std::string{c10::toString(tensor.scalar_type())});
        add(tensor.dim());
        for (const auto size : tensor.sizes()) {
            add(size);
        }
        const auto host = tensor.detach().cpu().contiguous();
        checksum_.add({static_cast<const std::byte*>(host.const_data_ptr()), host.nbytes()});
    }

    std::uint64_t value() const { return checksum_.value(); }

private:
    io::Checksum checksum_;
};

}  // namespace

std::filesystem::path cached_features_path(const Method& method, const Features& features,
                                           std::span<const std::int64_t> clips, const EmbedOptions& options) {
    Fingerprint fingerprint;
    for (const auto& named : {method.named_parameters(), method.named_buffers()}) {
        for (const auto& item : named) {
            fingerprint.add(item.key());
            fingerprint.add(item.value());
        }
    }
    for (const auto clip : clips) {
        fingerprint.add(gather(features, {&clip, 1}).frames);
    }
    fingerprint.add(options.batch);
    fingerprint.add(options.settings);
    return options.cache / fmt::format("features-{:016x}.h5", fingerprint.value());
}

bool read_cached_features(const std::filesystem::path& path, torch::Tensor& features) {
    std::error_code error;
    if (!std::filesystem::exists(path, error)) {
        return false;
    }
    try {
        const auto content = io::read_checkpoint(path);
        const auto found = content.tensors.find(tensor_name);
        if (found == content.tensors.end() || found->second.sizes() != features.sizes() ||
            found->second.scalar_type() != features.scalar_type()) {
            return false;
        }
        features.copy_(found->second);
        return true;
    } catch (const io::DataError&) {
        return false;  // a cache may be lost at any time: features are computed again
    }
}

void write_cached_features(const std::filesystem::path& path, const torch::Tensor& features) {
    std::error_code error;
    std::filesystem::create_directories(path.parent_path(), error);
    if (error) {
        throw io::DataError{path.parent_path(),
                            "cannot create the folder for cached features: " + error.message()};
    }
    // Workers of one study may compute the same features at the same time: each writes a file of its own; the
    // last one renamed stays.
    auto own = path;
    own += fmt::format(".{:08x}", std::random_device{}());
    io::write_checkpoint(own, {.tensors = {{tensor_name, features.cpu()}}, .attributes = {}});
    std::filesystem::rename(own, path, error);
    if (error) {
        std::error_code ignored;  // the first error is reported
        std::filesystem::remove(own, ignored);
        throw io::DataError{path, "cannot rename " + own.string() + " to it: " + error.message()};
    }
}

}  // namespace sslslr
