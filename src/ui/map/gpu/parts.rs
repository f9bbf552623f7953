//! What points and heat both ask of wgpu.

use eframe::egui::PaintCallbackInfo;
use egui_wgpu::wgpu;

use super::GpuError;

/// What the closure makes on the device, or what the device has against it: a refusal must not end the program.
pub(super) fn guarded<T>(device: &wgpu::Device, make: impl FnOnce() -> T) -> Result<T, GpuError> {
    let filters =
        [wgpu::ErrorFilter::Internal, wgpu::ErrorFilter::OutOfMemory, wgpu::ErrorFilter::Validation];
    let scopes = filters.map(|filter| device.push_error_scope(filter));
    let result = make();
    // Scopes close in the reverse order. Where there is no browser, nothing is waited for.
    let mut refusal = None;
    for scope in scopes.into_iter().rev() {
        refusal = pollster::block_on(scope.pop()).or(refusal);
    }
    match refusal {
        Some(error) => Err(GpuError::Refused(error.to_string())),
        None => Ok(result),
    }
}

/// Mixed with what egui has drawn in the way that egui mixes.
pub(super) fn over_egui(format: wgpu::TextureFormat) -> wgpu::ColorTargetState {
    let component = |src_factor, dst_factor| wgpu::BlendComponent {
        src_factor,
        dst_factor,
        operation: wgpu::BlendOperation::Add,
    };
    wgpu::ColorTargetState {
        format,
        blend: Some(wgpu::BlendState {
            color: component(wgpu::BlendFactor::One, wgpu::BlendFactor::OneMinusSrcAlpha),
            alpha: component(wgpu::BlendFactor::OneMinusDstAlpha, wgpu::BlendFactor::One),
        }),
        write_mask: wgpu::ColorWrites::ALL,
    }
}

/// egui sets the viewport to the map, rounded to pixels; the shaders count in pixels of the whole screen.
pub(super) fn view_whole_screen(pass: &mut wgpu::RenderPass<'static>, info: &PaintCallbackInfo) {
    let [width, height] = info.screen_size_px.map(|side| side as f32);
    pass.set_viewport(0.0, 0.0, width, height, 0.0, 1.0);
}

pub(super) fn module(device: &wgpu::Device, label: &str, source: &'static str) -> wgpu::ShaderModule {
    device.create_shader_module(wgpu::ShaderModuleDescriptor {
        label: Some(label),
        source: wgpu::ShaderSource::Wgsl(source.into()),
    })
}

pub(super) fn uniform_entry(
    binding: u32,
    visibility: wgpu::ShaderStages,
    dynamic: bool,
) -> wgpu::BindGroupLayoutEntry {
    let ty = wgpu::BindingType::Buffer {
        ty: wgpu::BufferBindingType::Uniform,
        has_dynamic_offset: dynamic,
        min_binding_size: None,
    };
    wgpu::BindGroupLayoutEntry { binding, visibility, ty, count: None }
}

pub(super) fn texture_entry(
    binding: u32,
    visibility: wgpu::ShaderStages,
    sample_type: wgpu::TextureSampleType,
) -> wgpu::BindGroupLayoutEntry {
    let ty = wgpu::BindingType::Texture {
        sample_type,
        view_dimension: wgpu::TextureViewDimension::D2,
        multisampled: false,
    };
    wgpu::BindGroupLayoutEntry { binding, visibility, ty, count: None }
}

/// Draws a triangle over the whole target.
pub(super) fn whole_pipeline(
    device: &wgpu::Device,
    layout: &wgpu::BindGroupLayout,
    module: &wgpu::ShaderModule,
    fragment: &str,
    target: wgpu::ColorTargetState,
) -> wgpu::RenderPipeline {
    let layout = device.create_pipeline_layout(&wgpu::PipelineLayoutDescriptor {
        label: Some(fragment),
        bind_group_layouts: &[Some(layout)],
        immediate_size: 0,
    });
    device.create_render_pipeline(&wgpu::RenderPipelineDescriptor {
        label: Some(fragment),
        layout: Some(&layout),
        vertex: wgpu::VertexState {
            module,
            entry_point: Some("whole"),
            compilation_options: wgpu::PipelineCompilationOptions::default(),
            buffers: &[],
        },
        primitive: wgpu::PrimitiveState::default(),
        depth_stencil: None,
        multisample: wgpu::MultisampleState::default(),
        fragment: Some(wgpu::FragmentState {
            module,
            entry_point: Some(fragment),
            compilation_options: wgpu::PipelineCompilationOptions::default(),
            targets: &[Some(target)],
        }),
        multiview_mask: None,
        cache: None,
    })
}
