#include "src/export/exported_encoder.hpp"

#include <fstream>

#include "io/file/data_error.hpp"
#include "src/export/description.hpp"
#include "src/export/write_export.hpp"

namespace sslslr {
namespace {

PreprocessConfig read_preprocess(const std::filesystem::path& path) {
    std::ifstream file{path};
    try {
        const auto config = nlohmann::json::parse(file);
        if (config.at("format") != export_format) {
            throw io::DataError{path, "format: expected '" + std::string{export_format} + "', found '" +
                                          config.at("format").get<std::string>() + "'"};
        }
        return preprocess_config_of(config.at("preprocessing"));
    } catch (const nlohmann::json::exception& error) {
        throw io::DataError{path, std::string{"expected the config.json of an export: "} + error.what()};
    }
}

torch::jit::Module read_module(const std::filesystem::path& path) {
    try {
        return torch::jit::load(path.string());
    } catch (const c10::Error& error) {
        throw io::DataError{
            path, std::string{"expected the TorchScript of an export (sslslr export --format both): "} +
                      error.what_without_backtrace()};
    }
}

}  // namespace

ExportedEncoder::ExportedEncoder(const std::filesystem::path& folder)
    : preprocess_{read_preprocess(folder / "config.json")}, module_{read_module(folder / "encoder.pt")} {}

torch::Tensor ExportedEncoder::represent(const PaddedClips& clips) {
    const torch::NoGradGuard no_grad;
    return module_.forward({clips.frames, clips.lengths}).toTensor();
}

}  // namespace sslslr
