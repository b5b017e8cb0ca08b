#include "src/export/encoder_script.hpp"

#include <sstream>

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <torch/csrc/jit/frontend/resolver.h>

#include "io/file/json_text.hpp"
#include "src/export/description.hpp"
#include "src/export/encoder_source.hpp"

namespace sslslr {
namespace {

namespace jit = torch::jit;

constexpr auto name_space = "__torch__.sslslr";

/// Returns the lines of encoder.py that are TorchScript.
std::string script_source() {
    const auto& source = encoder_source();
    const auto begin = source.find("# TorchScript begins");
    const auto end = source.find("# TorchScript ends");
    TORCH_CHECK(begin < end && end != std::string::npos,
                "encoder.py: the marks around its TorchScript are missing");
    return source.substr(begin, end - begin);
}

/// Resolves the functions of encoder.py, in addition to PyTorch's own.
class ScriptResolver final : public jit::Resolver {
public:
    explicit ScriptResolver(std::shared_ptr<jit::CompilationUnit> script) : script_{std::move(script)} {}

    std::shared_ptr<jit::SugaredValue> resolveValue(const std::string& name, jit::GraphFunction& function,
                                                    const jit::SourceRange& place) override {
        auto* const found = script_->find_function(c10::QualifiedName{name_space, name});
        return found != nullptr ? std::make_shared<jit::FunctionValue>(jit::StrongFunctionPtr{script_, found})
                                : jit::nativeResolver()->resolveValue(name, function, place);
    }

private:
    std::shared_ptr<jit::CompilationUnit> script_;
};

std::vector<std::string> parts_of(const std::string& dotted) {
    std::vector<std::string> parts;
    std::istringstream stream{dotted};
    for (std::string part; std::getline(stream, part, '.');) {
        parts.push_back(part);
    }
    return parts;
}

/// Registers a tensor under its dotted name, and the modules on the path to it.
void add(const jit::Module& root, const std::shared_ptr<jit::CompilationUnit>& unit, const std::string& name,
         const torch::Tensor& tensor) {
    auto module = root;
    auto parts = parts_of(name);
    const auto last = parts.back();
    parts.pop_back();
    for (const auto& part : parts) {
        if (!module.hasattr(part)) {
            module.register_module(
                part, jit::Module{c10::QualifiedName{std::string{name_space} + ".Part"}, unit, true});
        }
        module = module.attr(part).toModule();
    }
    module.register_parameter(last, tensor.detach().clone().set_requires_grad(tensor.requires_grad()),
                              /*is_buffer=*/!tensor.requires_grad());
}

/// Returns an expression for a member such as self.blocks.0.norm, whose number is not a name in TorchScript.
std::string member(const std::string& dotted) {
    std::string expression = "self";
    for (const auto& part : parts_of(dotted)) {
        expression = fmt::format("getattr({}, \"{}\")", expression, part);
    }
    return expression;
}

/// Returns the expression that derives the encoder's inputs from its frames.
std::string inputs_expression(const nlohmann::json& inputs) {
    if (!inputs.contains("layout")) {
        return "frames";
    }
    std::vector<std::string> tables;
    for (const auto& [name, numbers] : inputs["layout"].items()) {
        if (!numbers.empty()) {  // TorchScript could not infer the type of an empty list
            tables.push_back(fmt::format("\"{}\": {}", name, io::json_text(numbers)));
        }
    }
    return fmt::format("derived(frames, lengths, {}, {{{}}})", io::json_text(inputs["parts"]),
                       fmt::join(tables, ", "));
}

}  // namespace

jit::Module scripted_encoder(const EncoderConfig& config, const NamedTensors& weights) {
    auto unit = std::make_shared<jit::CompilationUnit>();
    unit->define(c10::QualifiedName{name_space}, script_source(), jit::nativeResolver(), nullptr);

    jit::Module module{c10::QualifiedName{name_space, "Encoder"}, unit};
    module.register_attribute("training", c10::BoolType::get(), false);
    std::vector<std::string> entries;
    for (const auto& [name, tensor] : weights) {
        add(module, unit, name, tensor);
        entries.push_back(fmt::format("\"{}\": {}", name, member(name)));
    }
    const auto description = description_of(config);
    module.define(fmt::format("def forward(self, frames: Tensor, lengths: Tensor) -> Tensor:\n"
                              "    weights = {{{}}}\n"
                              "    return represent({}, lengths, weights, {}, \"{}\")\n",
                              fmt::join(entries, ", "), inputs_expression(description["inputs"]),
                              config.heads, description["pooling"].get<std::string>()),
                  std::make_shared<ScriptResolver>(unit));
    return module;
}

}  // namespace sslslr
