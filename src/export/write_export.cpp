#include "src/export/write_export.hpp"

#include <algorithm>
#include <array>
#include <fstream>
#include <sstream>

#include "io/file/data_error.hpp"
#include "io/file/json_text.hpp"
#include "io/tensors/checkpoint_file.hpp"
#include "src/export/description.hpp"
#include "src/export/encoder_script.hpp"
#include "src/export/encoder_source.hpp"

namespace sslslr {
namespace {

namespace fs = std::filesystem;

constexpr std::array file_names{"config.json", "encoder.h5", "encoder.pt", "encoder.py", "sample.h5"};

void write_bytes(const fs::path& path, const std::string& bytes) {
    if (!(std::ofstream{path, std::ios::binary} << bytes << std::flush)) {
        throw io::DataError{path, "cannot be written: check the folder's permissions and free space"};
    }
}

NamedTensors as_float32(const NamedTensors& weights) {
    NamedTensors converted;
    for (const auto& [name, tensor] : weights) {
        converted.emplace_back(
            name, tensor.detach().cpu().to(torch::kFloat32).set_requires_grad(tensor.requires_grad()));
    }
    return converted;
}

void write_weights(const fs::path& folder, const EncoderExport& encoder) {
    io::CheckpointFile content{.tensors = {}, .attributes = encoder.attributes};
    for (const auto& [name, tensor] : encoder.weights) {
        content.tensors["model/encoder." + name] = tensor;
    }
    io::write_checkpoint(folder / "encoder.h5", content);
    write_bytes(folder / "encoder.py", encoder_source());
}

void write_script(const fs::path& path, const EncoderExport& encoder, const std::string& config) {
    // Saved to memory first: on a full disk, LibTorch's own file writer terminates the process.
    std::ostringstream bytes;
    scripted_encoder(encoder.config, encoder.weights).save(bytes, {{"config.json", config}});
    write_bytes(path, bytes.str());
}

void write_sample(const fs::path& path, const ExportSample& sample) {
    io::write_checkpoint(path, {.tensors = {{"numbers", torch::tensor(sample.numbers, torch::kInt64)},
                                            {"frames", sample.clips.frames},
                                            {"lengths", sample.clips.lengths},
                                            {"features", sample.features}},
                                .attributes = {}});
}

std::string config_of(const EncoderExport& encoder) {
    nlohmann::ordered_json config{{"format", export_format}};
    for (const auto& [name, value] : encoder.attributes) {
        config[name] = value;
    }
    config["encoder"] = description_of(encoder.config);
    config["preprocessing"] = description_of(encoder.preprocess);
    return io::json_text(config, 2) + '\n';
}

/// A folder under construction; removed unless it is committed.
class DraftFolder {
public:
    explicit DraftFolder(fs::path target) : target_{std::move(target)}, draft_{target_} {
        draft_ += ".partial";
        fs::remove_all(draft_);
        fs::create_directories(draft_);
    }
    DraftFolder(const DraftFolder&) = delete;
    DraftFolder& operator=(const DraftFolder&) = delete;
    ~DraftFolder() {
        std::error_code ignored;  // a destructor cannot report errors
        fs::remove_all(draft_, ignored);
    }

    const fs::path& path() const noexcept { return draft_; }

    void commit() {
        fs::remove_all(target_);
        fs::rename(draft_, target_);
    }

private:
    fs::path target_;
    fs::path draft_;
};

}  // namespace

void check_export_folder(const fs::path& folder) {
    if (!fs::exists(folder)) {
        return;
    }
    if (!fs::is_directory(folder)) {
        throw io::DataError{folder, "expected a folder, found a file: choose another one"};
    }
    for (const auto& entry : fs::directory_iterator{folder}) {
        const auto name = entry.path().filename().string();
        if (std::ranges::find(file_names, name) == file_names.end()) {
            throw io::DataError{folder, "holds " + name + ", which no export writes: choose another folder"};
        }
    }
}

void write_export(const fs::path& folder, const EncoderExport& encoder, const ExportFormats& formats,
                  const std::optional<ExportSample>& sample) {
    auto content = encoder;
    content.weights = as_float32(encoder.weights);
    const auto target = (fs::absolute(folder) / "").lexically_normal().parent_path();
    check_export_folder(target);
    try {
        DraftFolder draft{target};
        const auto config = config_of(content);
        write_bytes(draft.path() / "config.json", config);
        if (formats.weights) {
            write_weights(draft.path(), content);
        }
        if (formats.torchscript) {
            write_script(draft.path() / "encoder.pt", content, config);
        }
        if (sample) {
            write_sample(draft.path() / "sample.h5", *sample);
        }
        draft.commit();
    } catch (const fs::filesystem_error& error) {
        throw io::DataError{folder, std::string{"cannot be written: "} + error.what()};
    }
}

}  // namespace sslslr
